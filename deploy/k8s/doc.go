// Package k8s has no code of its own: it is where the Kubernetes manifests are
// tested. The test renders the kustomize base in this folder in-process, decodes
// every document strictly, holds every workload to the restricted pod security
// profile and every setting to the program that reads it, and then breaks the
// manifests in many small ways to show that it would notice.
package k8s
