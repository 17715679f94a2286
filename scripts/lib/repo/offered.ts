import { type Content, serviceNames } from "./content.ts";

/** Something that a person may choose, with what tells it from the others. */
interface Offered {
  value: string;
  about?: string | undefined;
}

const sorted = (offered: readonly Offered[]) => offered.toSorted((a, b) => (a.value < b.value ? -1 : 1));

/** Clusters that there are. */
export const offeredClusters = ({ documents }: Pick<Content, "documents">): Offered[] =>
  sorted(
    [...documents.clusters].map(([value, { document }]) => {
      const { environment, model, region } = document.spec;
      return { value, about: `${environment}, ${model}, ${region}` };
    }),
  );

/** Customers that there are. */
export const offeredTenants = ({ documents }: Pick<Content, "documents">): Offered[] =>
  sorted(
    [...documents.tenants].map(([value, { document }]) => {
      const { displayName, state } = document.spec;
      return { value, about: `${displayName}, ${state}` };
    }),
  );

/** Environments that there are, from the lowest. */
export const offeredEnvironments = ({ documents }: Pick<Content, "documents">): Offered[] =>
  [...documents.environments.values()]
    .map(({ document }) => document)
    .toSorted((a, b) => a.spec.rank - b.spec.rank)
    .map(({ metadata, spec }) => ({
      value: metadata.name,
      about: spec.promotesFrom === undefined ? "the lowest" : `takes images from ${spec.promotesFrom}`,
    }));

export const offeredServices = ({ tree }: Pick<Content, "tree">): Offered[] =>
  serviceNames(tree).map((value) => ({ value }));
