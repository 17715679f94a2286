/**
 * The last day on which a minor version of Kubernetes gets fixes, by kubernetes.io/releases (read in November 2026):
 * fourteen months after its release. A version that is not here is a finding of its own.
 */
export const kubernetesSupport: Readonly<Record<string, string>> = {
  "1.35": "2027-02-28",
  "1.36": "2027-06-28",
  "1.37": "2027-10-28",
};
