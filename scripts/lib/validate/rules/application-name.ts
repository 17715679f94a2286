import type { Rule } from "../rule.ts";

export const applicationName: Rule = {
  id: "application-name",
  severity: "error",
  holds:
    "Applications of a cluster have different names that are labels, and Helm releases names of at most 53 characters.",
  because: "Argo CD skips an Application whose name is invalid, and of two with one name keeps one (FM-14, FM-15).",
  *check({ applications }) {
    const seen = new Set<string>();
    for (const { id, name, folder, request } of applications) {
      const at = { application: id, ...(folder === undefined ? {} : { file: folder }) };
      if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
        const fix =
          "rename the folder: lower-case letters, digits and hyphens, so that the whole has at most 63 characters";
        yield { ...at, message: `${JSON.stringify(name)} is not a valid Application name`, fix };
      }
      if (request?.tool === "helm" && !/^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/.test(request.releaseName)) {
        yield {
          ...at,
          message: `${JSON.stringify(request.releaseName)} is not a valid Helm release name`,
          fix: "use at most 53 characters",
        };
      }
      if (seen.has(id))
        yield { ...at, message: `there are two Applications ${name}`, fix: "rename one of the folders" };
      seen.add(id);
    }
  },
};
