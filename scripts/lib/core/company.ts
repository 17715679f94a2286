/**
 * Names of whose this is, as far as code needs them. apps/company.yaml has all of them, bun run adopt writes both, and a test
 * holds them alike.
 */
const organisation = "murima2025";

/** Of our own documents. */
export const apiVersion = "gitops.murima2025.com/v1";
/** Where services run that tenants share. */
export const sharedNamespace = "murima";
/** A label or an annotation of ours. */
export const labelOf = <Name extends string>(name: Name) => `murima2025.com/${name}` as const;
/** What these commands are called, to servers and on disk. */
export const program = `${organisation}-gitops`;
/** What temporary folders begin with. */
export const temporaryPrefix = `${organisation}-`;
