package k8s

import (
	"fmt"
	"path"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// workers are the Deployments that the base must have, and no others.
var workers = []string{"ingestor", "notifier", "screener"}

// faultList collects what is wrong.
type faultList []string

func (f *faultList) add(format string, arguments ...any) {
	*f = append(*f, fmt.Sprintf(format, arguments...))
}

func (f *faultList) want(ok bool, format string, arguments ...any) {
	if !ok {
		f.add(format, arguments...)
	}
}

// check returns everything that is wrong with the base.
func (c *cluster) check() []string {
	var faults faultList
	var names []string
	for _, deployment := range c.deployments {
		names = append(names, deployment.Name)
		c.checkWorkload(&faults, deployment)
		checkSecurity(&faults, deployment)
		checkResources(&faults, deployment)
		checkProbes(&faults, deployment)
		checkSpread(&faults, deployment)
		c.checkConfiguration(&faults, deployment)
	}
	slices.Sort(names)
	faults.want(slices.Equal(names, workers), "deployments are %v, not %v", names, workers)
	for _, namespace := range c.namespaces {
		level := namespace.Labels["pod-security.kubernetes.io/enforce"]
		faults.want(level == "restricted", "namespace %s enforces %q, not restricted", namespace.Name, level)
	}
	faults.want(len(c.namespaces) == 1, "there are %d namespaces, not 1", len(c.namespaces))
	c.checkNetwork(&faults)
	return faults
}

// checkWorkload looks at what belongs to a Deployment: its account, its service,
// its disruption budget, its selectors.
func (c *cluster) checkWorkload(faults *faultList, d *appsv1.Deployment) {
	pod := d.Spec.Template.Spec
	podLabels := labels.Set(d.Spec.Template.Labels)
	faults.want(matches(d.Spec.Selector, podLabels), "%s: its selector does not match its own pods", d.Name)
	faults.want(podLabels["app.kubernetes.io/part-of"] == "chokepoint", "%s: pods do not say what they are part of", d.Name)
	faults.want(d.Spec.Replicas != nil && *d.Spec.Replicas >= 2, "%s: has fewer than 2 replicas", d.Name)
	faults.want(len(pod.Containers) == 1 && len(pod.InitContainers) == 0, "%s: has other than one container", d.Name)
	image := pod.Containers[0].Image
	name, tag, tagged := strings.Cut(image, ":")
	faults.want(name == "chokepoint/"+d.Name && tagged && tag != "latest" && tag != "", "%s: image %q is not chokepoint/%s with a version", d.Name, image, d.Name)

	account := c.accounts[pod.ServiceAccountName]
	faults.want(account != nil && pod.ServiceAccountName == d.Name, "%s: has no service account of its own", d.Name)
	faults.want(account != nil && isFalse(account.AutomountServiceAccountToken), "%s: its service account mounts a token", d.Name)
	faults.want(isFalse(pod.AutomountServiceAccountToken), "%s: its pods mount a token", d.Name)

	budgets := 0
	for _, budget := range c.budgets {
		if matches(budget.Spec.Selector, podLabels) {
			budgets++
			faults.want(budget.Spec.MaxUnavailable != nil && *budget.Spec.MaxUnavailable == intstr.FromInt32(1),
				"%s: its disruption budget does not allow exactly one pod away", d.Name)
		}
	}
	faults.want(budgets == 1, "%s: has %d disruption budgets, not 1", d.Name, budgets)

	services := 0
	for _, service := range c.services {
		if !labels.SelectorFromSet(service.Spec.Selector).Matches(podLabels) {
			continue
		}
		services++
		for _, port := range service.Spec.Ports {
			faults.want(hasPort(pod, port.TargetPort.String()), "%s: service port %s leads to no port of the container", d.Name, port.Name)
		}
	}
	faults.want(services == 1, "%s: has %d services, not 1", d.Name, services)
}

// checkSecurity is the restricted pod security profile, and a read-only root.
func checkSecurity(faults *faultList, d *appsv1.Deployment) {
	pod := d.Spec.Template.Spec
	faults.want(!pod.HostNetwork && !pod.HostPID && !pod.HostIPC, "%s: shares a namespace of its host", d.Name)
	for _, volume := range pod.Volumes {
		allowed := volume.ConfigMap != nil || volume.Secret != nil || volume.EmptyDir != nil
		faults.want(allowed, "%s: volume %s is not a ConfigMap, a Secret or an emptyDir", d.Name, volume.Name)
		if volume.Secret != nil {
			mode := volume.Secret.DefaultMode
			faults.want(mode != nil && *mode&0o037 == 0, "%s: secret %s can be read by others", d.Name, volume.Name)
		}
	}
	context := pod.SecurityContext
	if context == nil {
		faults.add("%s: pods have no security context", d.Name)
		return
	}
	faults.want(isTrue(context.RunAsNonRoot), "%s: pods may run as root", d.Name)
	faults.want(context.RunAsUser != nil && *context.RunAsUser > 0, "%s: pods name no user but root", d.Name)
	faults.want(context.FSGroup != nil && *context.FSGroup > 0, "%s: pods cannot read secrets by group", d.Name)
	faults.want(context.SeccompProfile != nil && context.SeccompProfile.Type == corev1.SeccompProfileTypeRuntimeDefault,
		"%s: pods do not use the runtime's seccomp profile", d.Name)
	for _, container := range pod.Containers {
		context := container.SecurityContext
		if context == nil {
			faults.add("%s: container has no security context", d.Name)
			continue
		}
		faults.want(isFalse(context.AllowPrivilegeEscalation), "%s: container may escalate privileges", d.Name)
		faults.want(!isTrue(context.Privileged), "%s: container is privileged", d.Name)
		faults.want(isTrue(context.ReadOnlyRootFilesystem), "%s: container's root can be written", d.Name)
		faults.want(isTrue(context.RunAsNonRoot), "%s: container may run as root", d.Name)
		faults.want(context.RunAsUser == nil, "%s: container overrides the pod's user", d.Name)
		faults.want(context.SeccompProfile == nil, "%s: container overrides the pod's seccomp profile", d.Name)
		capabilities := context.Capabilities
		faults.want(capabilities != nil && slices.Equal(capabilities.Drop, []corev1.Capability{"ALL"}) && len(capabilities.Add) == 0,
			"%s: container does not drop all capabilities", d.Name)
		for _, port := range container.Ports {
			faults.want(port.HostPort == 0, "%s: port %s is open on the host", d.Name, port.Name)
		}
	}
}

// checkResources wants requests for both, a limit of memory, and a collector that
// knows of that limit.
func checkResources(faults *faultList, d *appsv1.Deployment) {
	for _, container := range d.Spec.Template.Spec.Containers {
		requests, limits := container.Resources.Requests, container.Resources.Limits
		faults.want(!requests.Cpu().IsZero(), "%s: requests no processor time", d.Name)
		faults.want(!requests.Memory().IsZero(), "%s: requests no memory", d.Name)
		faults.want(!limits.Memory().IsZero() && limits.Memory().Cmp(*requests.Memory()) >= 0, "%s: has no memory limit above its request", d.Name)
		for _, variable := range container.Env {
			if variable.Name != "GOMEMLIMIT" {
				faults.add("%s: sets %s; settings come from the file", d.Name, variable.Name)
				continue
			}
			soft, err := resource.ParseQuantity(strings.TrimSuffix(variable.Value, "B"))
			faults.want(err == nil && soft.Cmp(*limits.Memory()) < 0, "%s: GOMEMLIMIT %s is not below the memory limit", d.Name, variable.Value)
		}
	}
}

func checkProbes(faults *faultList, d *appsv1.Deployment) {
	for _, container := range d.Spec.Template.Spec.Containers {
		for name, want := range map[string]struct {
			probe *corev1.Probe
			path  string
		}{
			"startup":   {container.StartupProbe, "/livez"},
			"liveness":  {container.LivenessProbe, "/livez"},
			"readiness": {container.ReadinessProbe, "/readyz"},
		} {
			if want.probe == nil || want.probe.HTTPGet == nil {
				faults.add("%s: has no %s probe over HTTP", d.Name, name)
				continue
			}
			get := want.probe.HTTPGet
			faults.want(get.Path == want.path, "%s: %s probe asks %s, not %s", d.Name, name, get.Path, want.path)
			faults.want(get.Port.String() == "admin" && hasPort(d.Spec.Template.Spec, "admin"), "%s: %s probe asks port %s, not admin", d.Name, name, get.Port.String())
		}
	}
}

func checkSpread(faults *faultList, d *appsv1.Deployment) {
	var keys []string
	for _, constraint := range d.Spec.Template.Spec.TopologySpreadConstraints {
		keys = append(keys, constraint.TopologyKey)
		faults.want(matches(constraint.LabelSelector, d.Spec.Template.Labels), "%s: spread over %s counts other pods than its own", d.Name, constraint.TopologyKey)
		faults.want(constraint.MaxSkew == 1, "%s: spread over %s is uneven", d.Name, constraint.TopologyKey)
	}
	slices.Sort(keys)
	faults.want(slices.Equal(keys, []string{"kubernetes.io/hostname", "topology.kubernetes.io/zone"}), "%s: is spread over %v, not nodes and zones", d.Name, keys)
}

// checkConfiguration follows --config to the ConfigMap and the settings in it, and
// every path in those settings to a mounted volume.
func (c *cluster) checkConfiguration(faults *faultList, d *appsv1.Deployment) {
	container := d.Spec.Template.Spec.Containers[0]
	if len(container.Args) != 2 || container.Args[0] != "--config" {
		faults.add("%s: its arguments are %q, not --config and a path", d.Name, container.Args)
		return
	}
	volume := mounted(d, container.Args[1])
	if volume == nil || volume.ConfigMap == nil {
		faults.add("%s: nothing is mounted at %s", d.Name, container.Args[1])
		return
	}
	configMap := c.configMaps[volume.ConfigMap.Name]
	if configMap == nil {
		faults.add("%s: there is no ConfigMap %s", d.Name, volume.ConfigMap.Name)
		return
	}
	text, found := configMap.Data[path.Base(container.Args[1])]
	if !found {
		faults.add("%s: ConfigMap %s has no %s", d.Name, configMap.Name, path.Base(container.Args[1]))
		return
	}
	checkSettings(faults, d, text)
}

// checkNetwork wants everything closed to begin with, and every policy to be about
// pods and ports that exist.
func (c *cluster) checkNetwork(faults *faultList) {
	closed := false
	for _, policy := range c.networkPolicies {
		spec := policy.Spec
		everything := len(spec.PodSelector.MatchLabels) == 0 && len(spec.PodSelector.MatchExpressions) == 0
		if everything {
			faults.want(len(spec.Ingress) == 0 && len(spec.Egress) == 0, "policy %s opens every pod", policy.Name)
			closed = closed || slices.Contains(spec.PolicyTypes, networkingv1.PolicyTypeIngress) && slices.Contains(spec.PolicyTypes, networkingv1.PolicyTypeEgress)
			continue
		}
		for _, rule := range spec.Ingress {
			faults.want(len(rule.From) > 0 && len(rule.Ports) > 0, "policy %s takes from anyone or on any port", policy.Name)
			for _, port := range rule.Ports {
				c.checkPolicyPort(faults, policy, port)
			}
		}
		for _, rule := range spec.Egress {
			faults.want(len(rule.To) > 0 && len(rule.Ports) > 0, "policy %s reaches anyone or any port", policy.Name)
		}
	}
	faults.want(closed, "no policy closes everything first")
	for _, need := range []struct{ from, to string }{
		{"ingestor", "nats"}, {"screener", "nats"}, {"notifier", "nats"}, {"screener", "redis"},
	} {
		faults.want(c.reaches(need.from, need.to), "no policy lets %s reach %s", need.from, need.to)
	}
	for _, never := range []struct{ from, to string }{{"ingestor", "redis"}, {"notifier", "redis"}} {
		faults.want(!c.reaches(never.from, never.to), "a policy lets %s reach %s", never.from, never.to)
	}
}

// checkPolicyPort wants a port named in a policy to exist on the pods it is about.
func (c *cluster) checkPolicyPort(faults *faultList, policy *networkingv1.NetworkPolicy, port networkingv1.NetworkPolicyPort) {
	if port.Port == nil || port.Port.Type != intstr.String {
		return
	}
	for _, d := range c.deployments {
		if matches(&policy.Spec.PodSelector, d.Spec.Template.Labels) {
			faults.want(hasPort(d.Spec.Template.Spec, port.Port.StrVal), "policy %s opens port %s, which %s does not have", policy.Name, port.Port.StrVal, d.Name)
		}
	}
}

// reaches reports whether some policy lets the pods of a Deployment reach pods of
// that name.
func (c *cluster) reaches(from, to string) bool {
	target := labels.Set{"app.kubernetes.io/name": to}
	for _, d := range c.deployments {
		if d.Name != from {
			continue
		}
		for _, policy := range c.networkPolicies {
			if !matches(&policy.Spec.PodSelector, d.Spec.Template.Labels) {
				continue
			}
			for _, rule := range policy.Spec.Egress {
				for _, peer := range rule.To {
					if peer.NamespaceSelector == nil && peer.PodSelector != nil && matches(peer.PodSelector, target) {
						return true
					}
				}
			}
		}
	}
	return false
}

// mounted returns the volume that holds the file at this path.
func mounted(d *appsv1.Deployment, file string) *corev1.Volume {
	pod := d.Spec.Template.Spec
	for _, mount := range pod.Containers[0].VolumeMounts {
		if mount.MountPath != path.Dir(file) || !mount.ReadOnly {
			continue
		}
		for i := range pod.Volumes {
			if pod.Volumes[i].Name == mount.Name {
				return &pod.Volumes[i]
			}
		}
	}
	return nil
}

func matches(selector *metav1.LabelSelector, set labels.Set) bool {
	compiled, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && !compiled.Empty() && compiled.Matches(set)
}

func hasPort(pod corev1.PodSpec, name string) bool {
	for _, container := range pod.Containers {
		for _, port := range container.Ports {
			if port.Name == name {
				return true
			}
		}
	}
	return false
}

func isTrue(value *bool) bool  { return value != nil && *value }
func isFalse(value *bool) bool { return value != nil && !*value }
