import type { Rule } from "./rule.ts";
import { applicationName } from "./rules/application-name.ts";
import { cidrOverlap } from "./rules/cidr-overlap.ts";
import { danglingReference } from "./rules/dangling-reference.ts";
import { documentReference } from "./rules/document-reference.ts";
import { duplicateObject } from "./rules/duplicate-object.ts";
import { hostCollision } from "./rules/host-collision.ts";
import { imageDigest } from "./rules/image-digest.ts";
import { kubernetesSchema } from "./rules/kubernetes-schema.ts";
import { manifestGeneratePaths } from "./rules/manifest-generate-paths.ts";
import { objectName } from "./rules/object-name.ts";
import { orphanFile } from "./rules/orphan-file.ts";
import { serviceReference } from "./rules/service-reference.ts";

/** Every rule over the rendered fleet. A test holds this list and the folder equal. */
export const rules: readonly Rule[] = [
  applicationName,
  cidrOverlap,
  danglingReference,
  documentReference,
  duplicateObject,
  hostCollision,
  imageDigest,
  kubernetesSchema,
  manifestGeneratePaths,
  objectName,
  orphanFile,
  serviceReference,
];
