package k8s

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBase renders the base, decodes it strictly and checks everything.
func TestBase(t *testing.T) {
	t.Parallel()
	rendered, err := render(baseFiles(t))
	require.NoError(t, err)
	require.Empty(t, rendered.check())
}

// TestSettingsRollTheirWorker wants a ConfigMap's name to follow its content, so
// that a changed setting starts new pods instead of waiting for the next restart.
func TestSettingsRollTheirWorker(t *testing.T) {
	t.Parallel()
	files := baseFiles(t)
	before, err := render(files)
	require.NoError(t, err)
	files["base/config/screener.yaml"] += "\n"
	after, err := render(files)
	require.NoError(t, err)
	changed := 0
	for name := range after.configMaps {
		if before.configMaps[name] == nil {
			require.True(t, strings.HasPrefix(name, "screener-config-"), name)
			changed++
		}
	}
	require.Equal(t, 1, changed)
}

// TestMistakesAreCaught makes one mistake at a time, as an editor would, and wants
// the test above to fail because of it.
func TestMistakesAreCaught(t *testing.T) {
	t.Parallel()
	type mistake struct{ name, file, old, with, want string }
	const (
		ingestor = "base/ingestor.yaml"
		screener = "base/screener.yaml"
		notifier = "base/notifier.yaml"
		network  = "base/network-policies.yaml"
	)
	mistakes := []mistake{
		// What strict decoding catches.
		{"field of a Deployment", ingestor, "  replicas: 3", "  replica: 3", `unknown field "spec.replica"`},
		{"field of a container", screener, "readinessProbe:", "readinesProbe:", `unknown field "spec.template.spec.containers[0].readinesProbe"`},
		{"field of a security context", notifier, "readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true", `unknown field "spec.template.spec.containers[0].securityContext.readOnlyRootFileSystem"`},
		{"field of a budget", ingestor, "  maxUnavailable: 1\n", "  maxUnavailble: 1\n", `unknown field "spec.maxUnavailble"`},
		{"field of a policy", network, "policyTypes:", "policyType:", `unknown field "spec.policyType"`},
		{"field of an account", ingestor, "automountServiceAccountToken: false\n---", "automountServiceAccountTokens: false\n---", `unknown field "automountServiceAccountTokens"`},
		{"field of the kustomization", "base/kustomization.yaml", "configMapGenerator:", "configMapGenerators:", "configMapGenerators"},
		{"duplicate field", screener, "  replicas: 3\n", "  replicas: 3\n  replicas: 1\n", `"replicas" already set`},
		{"wrong type", screener, "  replicas: 3\n", "  replicas: \"three\"\n", "cannot unmarshal string"},
		{"unknown kind", ingestor, "kind: PodDisruptionBudget", "kind: PodDisruptionBudgets", `no kind "PodDisruptionBudgets"`},
		{"unknown version", ingestor, "apiVersion: policy/v1", "apiVersion: policy/v1beta1", "policy/v1beta1"},
		{"wrong quantity", screener, "memory: 512Mi", "memory: 512Mb", "quantities must match"},
		{"missing file", "base/kustomization.yaml", "- config/screener.yaml", "- config/screeners.yaml", "screeners.yaml"},

		// What the restricted profile forbids.
		{"root", ingestor, "        runAsNonRoot: true\n        runAsUser", "        runAsUser", "ingestor: pods may run as root"},
		{"user 0", ingestor, "runAsUser: 65532", "runAsUser: 0", "ingestor: pods name no user but root"},
		{"no seccomp", screener, "type: RuntimeDefault", "type: Unconfined", "screener: pods do not use the runtime's seccomp profile"},
		{"escalation", screener, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "screener: container may escalate privileges"},
		{"privileged", screener, "privileged: false", "privileged: true", "screener: container is privileged"},
		{"writable root", screener, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "screener: container's root can be written"},
		{"capabilities", notifier, "                - ALL", "                - NET_RAW", "notifier: container does not drop all capabilities"},
		{"host network", notifier, "      enableServiceLinks: false", "      hostNetwork: true", "notifier: shares a namespace of its host"},
		{"host path", screener, "          secret:\n            secretName: screener-nats\n            defaultMode: 0440", "          hostPath:\n            path: /etc", "screener: volume nats is not a ConfigMap, a Secret or an emptyDir"},
		{"open secret", notifier, "secretName: notifier-nats\n            defaultMode: 0440", "secretName: notifier-nats\n            defaultMode: 0444", "notifier: secret nats can be read by others"},
		{"host port", ingestor, "containerPort: 8080", "containerPort: 8080\n              hostPort: 8080", "ingestor: port http is open on the host"},
		{"token of the account", ingestor, "automountServiceAccountToken: false\n---", "automountServiceAccountToken: true\n---", "ingestor: its service account mounts a token"},
		{"token of the pod", ingestor, "      automountServiceAccountToken: false\n", "", "ingestor: its pods mount a token"},
		{"namespace that enforces less", "base/namespace.yaml", "enforce: restricted", "enforce: baseline", `enforces "baseline", not restricted`},

		// What would come up and not work.
		{"no requests", screener, "              cpu: 500m\n", "", "screener: requests no processor time"},
		{"no limit", screener, "              memory: 1Gi\n", "              ephemeral-storage: 1Gi\n", "screener: has no memory limit"},
		{"collector above the limit", screener, "value: 920MiB", "value: 1920MiB", "screener: GOMEMLIMIT 1920MiB is not below the memory limit"},
		{"settings in the environment", screener, "            - name: GOMEMLIMIT", "            - name: NATS_URL\n              value: nats://other\n            - name: GOMEMLIMIT", "screener: sets NATS_URL"},
		{"probe of another path", screener, "path: /readyz", "path: /ready", "screener: readiness probe asks /ready, not /readyz"},
		{"liveness that asks for readiness", screener, "          livenessProbe:\n            httpGet:\n              path: /livez", "          livenessProbe:\n            httpGet:\n              path: /readyz", "screener: liveness probe asks /readyz"},
		{"probe of no port", screener, "- name: admin\n              containerPort", "- name: adm\n              containerPort", "port adm, not admin|asks port admin|leads to no port"},
		{"one replica", notifier, "replicas: 2", "replicas: 1", "notifier: has fewer than 2 replicas"},
		{"budget of other pods", notifier, "AlwaysAllow\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: notifier", "AlwaysAllow\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: notifiers", "notifier: has 0 disruption budgets"},
		{"spread counts other pods", screener, "ScheduleAnyway\n          labelSelector:\n            matchLabels:\n              app.kubernetes.io/name: screener", "ScheduleAnyway\n          labelSelector:\n            matchLabels:\n              app.kubernetes.io/name: ingestor", "counts other pods than its own"},
		{"service leads nowhere", ingestor, "targetPort: http", "targetPort: web", "ingestor: service port http leads to no port"},
		{"latest", "base/kustomization.yaml", "newTag: v0.1.0", "newTag: latest", "with a version"},
		{"settings not found", screener, "config/screener.yaml", "config/screener.yml", "has no screener.yml"},
		{"settings of no map", screener, "name: screener-config", "name: screener-conf", "there is no ConfigMap screener-conf"},
		{"workload forgotten", "base/kustomization.yaml", "  - notifier.yaml\n", "", "deployments are [ingestor screener]"},

		// What settings and manifests must agree on.
		{"setting mistyped", "base/config/screener.yaml", "policy_file", "policyfile", "screener.yaml:15: there is no setting \"policyfile\" here"},
		{"setting of another type", "base/config/notifier.yaml", "replicas: 3", "replicas: many", "notifier.yaml:7"},
		{"setting without meaning", "base/config/ingestor.yaml", "durability: always", "durability: sometimes", "ingestor.yaml:6"},
		{"acknowledged before the disk", "base/config/ingestor.yaml", "durability: always", "durability: interval", "ingestor: an acknowledged message is not on three disks"},
		{"port moved", "base/config/ingestor.yaml", `listen: ":8080"`, `listen: ":8081"`, `ingestor: port http is 8080 and the program listens on ":8081"`},
		{"admin port moved", "base/config/screener.yaml", `admin_listen: ":9090"`, `admin_listen: ":9091"`, `screener: port admin is 9090`},
		{"tokens elsewhere", "base/config/ingestor.yaml", "/etc/chokepoint/tokens/tokens", "/etc/chokepoint/token/tokens", "ingestor: no secret is mounted at /etc/chokepoint/token/tokens"},

		// What the network must not allow.
		{"nothing closed", network, "  podSelector: {}\n  policyTypes:\n    - Ingress\n    - Egress", "  podSelector: {}\n  policyTypes:\n    - Ingress", "no policy closes everything first"},
		{"everything opened", network, "    - Ingress\n    - Egress\n", "    - Ingress\n    - Egress\n  egress:\n    - {}\n", "policy default-deny opens every pod"},
		{"from anyone", network, "    - from:\n        - namespaceSelector:\n            matchLabels:\n              chokepoint/sends-events: \"true\"\n      ports:", "    - ports:", "policy ingestor-takes-events takes from anyone"},
		{"no way to the broker", network, "name: workers-reach-nats\nspec:\n  podSelector:\n    matchLabels:\n      app.kubernetes.io/part-of: chokepoint", "name: workers-reach-nats\nspec:\n  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: screener", "no policy lets ingestor reach nats"},
		{"more ways to the cache", network, "name: screener-reaches-redis\nspec:\n  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: screener", "name: screener-reaches-redis\nspec:\n  podSelector:\n    matchLabels:\n      app.kubernetes.io/part-of: chokepoint", "a policy lets ingestor reach redis"},
		{"port that nobody has", network, "port: http", "port: https", "policy ingestor-takes-events opens port https"},
	}
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			files := baseFiles(t)
			require.Contains(t, files[m.file], m.old, "the mistake cannot be made any more")
			files[m.file] = strings.Replace(files[m.file], m.old, m.with, 1)
			var found string
			rendered, err := render(files)
			if err != nil {
				found = err.Error()
			} else {
				found = strings.Join(rendered.check(), "\n")
			}
			for alternative := range strings.SplitSeq(m.want, "|") {
				if strings.Contains(found, alternative) {
					return
				}
			}
			t.Fatalf("want %q, found %q", m.want, found)
		})
	}
}
