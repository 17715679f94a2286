import { addressOf, pathOf, within } from "../../repo/address.ts";
import { componentsOf } from "../../repo/kustomization.ts";
import type { Rule } from "../rule.ts";

export const environmentComponent: Rule = {
  id: "environment-component",
  severity: "error",
  holds:
    "Every overlay of a cluster includes its own environment's component where there is one, and no other environment's.",
  because:
    "A cluster built with another environment's part follows that one's rules: staging writes production (D-22).",
  *check({ documents, sources, tree }) {
    for (const [cluster, { document }] of documents.clusters) {
      const { environment } = document.spec;
      for (const file of tree
        .below(pathOf("cluster", { cluster }))
        .filter((own) => own.endsWith("/kustomization.yaml"))) {
        const components = componentsOf(file, sources.data(file));
        for (const [index, component] of components.entries()) {
          const other = within("environment", `${component}/`)?.environment;
          if (other === undefined || other === environment) continue;
          const place = sources.locate(file, ["components", index]);
          yield {
            file,
            ...place,
            message: `includes ${component}, but ${cluster} is of ${environment}`,
            fix: `include that of ${environment}`,
          };
        }
        const part = partOf(file);
        if (part === undefined) continue;
        const own = pathOf("environmentPart", { environment, part });
        if (!tree.has(`${own}/kustomization.yaml`) || components.includes(own)) continue;
        yield { file, line: 1, message: `does not include ${own}`, fix: `add it to components` };
      }
    }
  },
};

/** Which part of an environment an overlay has to include: argocd for the root, stores and tenants for those, its own for a part of the platform. */
function partOf(file: string): string | undefined {
  const address = addressOf(file);
  if (address?.kind === "cluster") return address.file === "kustomization.yaml" ? "argocd" : undefined;
  if (address?.kind === "platform") return address.part;
  return address?.kind === "store" ? "stores" : address?.kind === "grant" ? "tenants" : undefined;
}
