/** Objects of kinds that a fleet may hold and the sample does not, each as an API server takes it. */
import type { JsonObject } from "../scripts/lib/core/json.ts";

const pod = `
      metadata: {labels: {app: sample}}
      spec:
        securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
        containers:
          - name: main
            image: registry.example/sample:v1
            ports: [{name: http, containerPort: 8080}]
            env: [{name: A, value: b}, {name: C, valueFrom: {secretKeyRef: {name: s, key: k}}}]
            volumeMounts: [{name: data, mountPath: /data}]
            readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 5}
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 32Mi}}`;

const texts = [
  `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: sample}
spec:
  serviceName: sample
  replicas: 2
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: sample}}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Delete}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], storageClassName: fast, resources: {requests: {storage: 1Gi}}}
  template:${pod}`,
  `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: sample}
spec:
  selector: {matchLabels: {app: sample}}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
  template:${pod}
        volumes: [{name: data, emptyDir: {}}]`,
  `apiVersion: batch/v1
kind: CronJob
metadata: {name: sample}
spec:
  schedule: "0 3 * * *"
  timeZone: Etc/UTC
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
      ttlSecondsAfterFinished: 60
      template:
        metadata: {labels: {app: sample}}
        spec:
          restartPolicy: OnFailure
          containers: [{name: main, image: "registry.example/sample:v1"}]`,
  `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: sample}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: fast
  resources: {requests: {storage: 1Gi}}`,
  `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: sample}
spec:
  minReplicas: 2
  maxReplicas: 5
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: sample}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Pods, value: 1, periodSeconds: 60}]}}`,
  `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: sample}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: sample}}, unhealthyPodEvictionPolicy: AlwaysAllow}`,
  `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: sample}
spec:
  ingressClassName: none
  tls: [{hosts: [a.example], secretName: tls}]
  rules:
    - host: a.example
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: sample, port: {number: 80}}}}]}`,
  `apiVersion: v1
kind: Service
metadata: {name: sample}
spec:
  type: ClusterIP
  selector: {app: sample}
  ports: [{name: http, port: 80, targetPort: http}, {name: metrics, port: 9090}]`,
  `apiVersion: v1
kind: Service
metadata: {name: sample-headless}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {app: sample}
  ports: [{name: http, port: 80}]`,
  `apiVersion: v1
kind: Secret
metadata: {name: sample}
type: Opaque
immutable: true
stringData: {a: b}`,
  `apiVersion: v1
kind: ConfigMap
metadata: {name: sample-fixed}
immutable: true
data: {a: b}`,
  `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: sample}
provisioner: example.org/csi
volumeBindingMode: WaitForFirstConsumer
allowVolumeExpansion: true
reclaimPolicy: Retain`,
  `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: sample}
value: 1000
preemptionPolicy: Never`,
  `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: sample}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: sample, namespace: lab-samples}]`,
  `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: sample}
webhooks:
  - name: a.example.org
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Ignore
    clientConfig: {service: {name: sample, namespace: lab-samples, path: /check}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]`,
  `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: sample}
spec:
  failurePolicy: Fail
  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]}
  validations: [{expression: "object.spec.replicas <= 5", message: too many}]`,
];

/** The namespace of those that have one. */
export const sampleNamespace = "lab-samples";

const clusterWide = ["StorageClass", "PriorityClass", "ValidatingWebhookConfiguration", "ValidatingAdmissionPolicy"];

export function sampleObjects(): JsonObject[] {
  return texts.map((text) => {
    const object = Bun.YAML.parse(text) as JsonObject & { kind: string; metadata: JsonObject };
    if (!clusterWide.includes(object.kind)) object.metadata["namespace"] = sampleNamespace;
    return object;
  });
}
