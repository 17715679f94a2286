import { type Bundle, type LayoutReader, readBundle } from "../bundle/contents.ts";
import { indexFile, LayoutError, signatureFile } from "../bundle/layout.ts";
import { UsageError } from "../core/errors.ts";
import { checkDigests } from "../io/layout.ts";
import { signerOf } from "../io/ssh-signature.ts";

export interface TrustOptions {
  /** A file of allowed signers. */
  signers: string | undefined;
  /** Take it without a signature that counts. */
  unsigned: boolean;
  /** What it has to be of; whatever it is of where none is named. */
  clusters: readonly string[];
  progress: (done: number, total: number) => void;
}

/**
 * A bundle that is whole, unchanged and whose it should be: its index is signed by somebody who is allowed to, everything in it
 * is named by the index with its digest, and has it.
 */
export async function trustedBundle(
  layout: LayoutReader,
  { signers, unsigned, clusters, progress }: TrustOptions,
): Promise<Bundle & { signer: string | undefined }> {
  if (signers === undefined && !unsigned)
    throw new UsageError(
      "nobody said whose signature counts: --signers FILE (ssh-keygen's allowed signers), or --unsigned to take it on trust",
    );
  const signer = signers === undefined ? undefined : await signerIn(layout, signers);
  const bundle = await readBundle(layout);
  if (clusters.length > 0 && clusters.toSorted().join() !== bundle.info.clusters.toSorted().join())
    throw new LayoutError(`is of ${bundle.info.clusters.join(", ")}, and not of ${clusters.join(", ")}`);
  await checkDigests(layout, progress);
  return { ...bundle, signer };
}

async function signerIn(layout: LayoutReader, signers: string): Promise<string> {
  if (!layout.sizes.has(indexFile)) throw new LayoutError(`has no ${indexFile}`);
  if (!layout.sizes.has(signatureFile)) throw new LayoutError("is not signed");
  return signerOf(await layout.read(indexFile), await layout.read(signatureFile), signers);
}
