import type { Rule } from "./rule.ts";
import { addonGenerated } from "./rules/addon-generated.ts";
import { addonLock } from "./rules/addon-lock.ts";
import { alertExpression } from "./rules/alert-expression.ts";
import { alertLabels } from "./rules/alert-labels.ts";
import { apiRemoval } from "./rules/api-removal.ts";
import { applicationAuthority } from "./rules/application-authority.ts";
import { applicationName } from "./rules/application-name.ts";
import { argocdSettings } from "./rules/argocd-settings.ts";
import { awsAccount } from "./rules/aws-account.ts";
import { backupSchedule } from "./rules/backup-schedule.ts";
import { blockingPdb } from "./rules/blocking-pdb.ts";
import { certificateName } from "./rules/certificate-name.ts";
import { cidrOverlap } from "./rules/cidr-overlap.ts";
import { clusterApi } from "./rules/cluster-api.ts";
import { clusterPeer } from "./rules/cluster-peer.ts";
import { clusterProvides } from "./rules/cluster-provides.ts";
import { clusterRetired } from "./rules/cluster-retired.ts";
import { codeowners } from "./rules/codeowners.ts";
import { connectionBudget } from "./rules/connection-budget.ts";
import { consoleRoute } from "./rules/console-route.ts";
import { danglingReference } from "./rules/dangling-reference.ts";
import { dashboardDatasource } from "./rules/dashboard-datasource.ts";
import { defaultDeny } from "./rules/default-deny.ts";
import { deletionPolicy } from "./rules/deletion-policy.ts";
import { documentReference } from "./rules/document-reference.ts";
import { duplicateObject } from "./rules/duplicate-object.ts";
import { egressOutside } from "./rules/egress-outside.ts";
import { emptyGenerator } from "./rules/empty-generator.ts";
import { environmentComponent } from "./rules/environment-component.ts";
import { environmentMirror } from "./rules/environment-mirror.ts";
import { factsFolder } from "./rules/facts-folder.ts";
import { foreignTree } from "./rules/foreign-tree.ts";
import { grantScope } from "./rules/grant-scope.ts";
import { hardwareMinimum } from "./rules/hardware-minimum.ts";
import { hostCertificate } from "./rules/host-certificate.ts";
import { hostCollision } from "./rules/host-collision.ts";
import { imageDigest } from "./rules/image-digest.ts";
import { imagePrerelease } from "./rules/image-prerelease.ts";
import { imageRegistry } from "./rules/image-registry.ts";
import { kubernetesSchema } from "./rules/kubernetes-schema.ts";
import { kustomizeTarget } from "./rules/kustomize-target.ts";
import { literalRange } from "./rules/literal-range.ts";
import { manifestGeneratePaths } from "./rules/manifest-generate-paths.ts";
import { metricExported } from "./rules/metric-exported.ts";
import { modeline } from "./rules/modeline.ts";
import { namespaceCare } from "./rules/namespace-care.ts";
import { namespaceOwner } from "./rules/namespace-owner.ts";
import { networkPolicy } from "./rules/network-policy.ts";
import { nonDeterministicTemplate } from "./rules/non-deterministic-template.ts";
import { numberNotation } from "./rules/number-notation.ts";
import { objectMetadata } from "./rules/object-metadata.ts";
import { objectName } from "./rules/object-name.ts";
import { objectValidation } from "./rules/object-validation.ts";
import { orphanFile } from "./rules/orphan-file.ts";
import { peerCertificate } from "./rules/peer-certificate.ts";
import { peerGenerated } from "./rules/peer-generated.ts";
import { placeholder } from "./rules/placeholder.ts";
import { plaintextSecret } from "./rules/plaintext-secret.ts";
import { podProbes } from "./rules/pod-probes.ts";
import { podResources } from "./rules/pod-resources.ts";
import { podSecurity } from "./rules/pod-security.ts";
import { portMatch } from "./rules/port-match.ts";
import { priorityClass } from "./rules/priority-class.ts";
import { projectAllows } from "./rules/project-allows.ts";
import { projectRights } from "./rules/project-rights.ts";
import { projectScope } from "./rules/project-scope.ts";
import { protectedObject } from "./rules/protected-object.ts";
import { publishedKey } from "./rules/published-key.ts";
import { quotaCapacity } from "./rules/quota-capacity.ts";
import { rangeMatch } from "./rules/range-match.ts";
import { rbacEscalation } from "./rules/rbac-escalation.ts";
import { recoveryOrder } from "./rules/recovery-order.ts";
import { recoveryPoint } from "./rules/recovery-point.ts";
import { replicasBesideHpa } from "./rules/replicas-beside-hpa.ts";
import { restoreRehearsal } from "./rules/restore-rehearsal.ts";
import { secretStamp } from "./rules/secret-stamp.ts";
import { secretUnread } from "./rules/secret-unread.ts";
import { selectorMatch } from "./rules/selector-match.ts";
import { serviceExposure } from "./rules/service-exposure.ts";
import { serviceReference } from "./rules/service-reference.ts";
import { sopsFile } from "./rules/sops-file.ts";
import { sopsProvider } from "./rules/sops-provider.ts";
import { splitStore } from "./rules/split-store.ts";
import { storageEncrypted } from "./rules/storage-encrypted.ts";
import { storeAccount } from "./rules/store-account.ts";
import { storeGenerated } from "./rules/store-generated.ts";
import { storeOwner } from "./rules/store-owner.ts";
import { storeQuorum } from "./rules/store-quorum.ts";
import { syncAnnotation } from "./rules/sync-annotation.ts";
import { syncWave } from "./rules/sync-wave.ts";
import { tenantComponents } from "./rules/tenant-components.ts";
import { tenantHeader } from "./rules/tenant-header.ts";
import { tenantHosts } from "./rules/tenant-hosts.ts";
import { tenantId } from "./rules/tenant-id.ts";
import { tenantIsolation } from "./rules/tenant-isolation.ts";
import { tenantKey } from "./rules/tenant-key.ts";
import { tenantLabelRule } from "./rules/tenant-label.ts";
import { tenantPlacement } from "./rules/tenant-placement.ts";
import { tenantQuota } from "./rules/tenant-quota.ts";
import { tenantSecret } from "./rules/tenant-secret.ts";
import { tenantState } from "./rules/tenant-state.ts";
import { tokenKeys } from "./rules/token-keys.ts";

/** Every rule over the rendered fleet. A test holds this list and the folder equal. */
export const rules: readonly Rule[] = [
  addonGenerated,
  addonLock,
  alertExpression,
  alertLabels,
  apiRemoval,
  applicationAuthority,
  applicationName,
  argocdSettings,
  awsAccount,
  backupSchedule,
  blockingPdb,
  certificateName,
  cidrOverlap,
  clusterApi,
  clusterPeer,
  clusterProvides,
  clusterRetired,
  codeowners,
  connectionBudget,
  consoleRoute,
  danglingReference,
  dashboardDatasource,
  defaultDeny,
  deletionPolicy,
  documentReference,
  duplicateObject,
  egressOutside,
  emptyGenerator,
  environmentComponent,
  environmentMirror,
  factsFolder,
  foreignTree,
  grantScope,
  hardwareMinimum,
  hostCertificate,
  hostCollision,
  imageDigest,
  imagePrerelease,
  imageRegistry,
  kubernetesSchema,
  kustomizeTarget,
  literalRange,
  manifestGeneratePaths,
  metricExported,
  modeline,
  namespaceCare,
  namespaceOwner,
  networkPolicy,
  nonDeterministicTemplate,
  numberNotation,
  objectMetadata,
  objectName,
  objectValidation,
  orphanFile,
  peerCertificate,
  peerGenerated,
  placeholder,
  plaintextSecret,
  podProbes,
  podResources,
  podSecurity,
  portMatch,
  priorityClass,
  projectAllows,
  projectRights,
  projectScope,
  protectedObject,
  publishedKey,
  quotaCapacity,
  rangeMatch,
  rbacEscalation,
  recoveryOrder,
  recoveryPoint,
  replicasBesideHpa,
  restoreRehearsal,
  secretStamp,
  secretUnread,
  selectorMatch,
  serviceExposure,
  serviceReference,
  sopsFile,
  sopsProvider,
  splitStore,
  storageEncrypted,
  storeAccount,
  storeGenerated,
  storeOwner,
  storeQuorum,
  syncAnnotation,
  syncWave,
  tenantComponents,
  tenantHeader,
  tenantHosts,
  tenantId,
  tenantIsolation,
  tenantKey,
  tenantLabelRule,
  tenantPlacement,
  tenantQuota,
  tenantSecret,
  tenantState,
  tokenKeys,
];
