package k8s

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// cluster is the base as a cluster would see it.
type cluster struct {
	deployments     []*appsv1.Deployment
	services        []*corev1.Service
	accounts        map[string]*corev1.ServiceAccount
	configMaps      map[string]*corev1.ConfigMap
	budgets         []*policyv1.PodDisruptionBudget
	networkPolicies []*networkingv1.NetworkPolicy
	namespaces      []*corev1.Namespace
}

// baseFiles returns the files of the base by their path.
func baseFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS("."), "base", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		files[name] = string(data)
		return err
	}))
	require.NotEmpty(t, files)
	return files
}

// render builds the base from these files and decodes the result strictly.
func render(files map[string]string) (*cluster, error) {
	memory := filesys.MakeFsInMemory()
	for name, content := range files {
		if err := memory.WriteFile(name, []byte(content)); err != nil {
			return nil, err
		}
	}
	if err := decodeSources(files); err != nil {
		return nil, err
	}
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(memory, "base")
	if err != nil {
		return nil, fmt.Errorf("render base: %w", err)
	}
	result := &cluster{accounts: map[string]*corev1.ServiceAccount{}, configMaps: map[string]*corev1.ConfigMap{}}
	decoder := strictDecoder()
	var faults []error
	for _, resource := range resources.Resources() {
		document, err := resource.AsYAML()
		if err != nil {
			return nil, err
		}
		object, _, err := decoder.Decode(document, nil, nil)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", resource.CurId(), err))
			continue
		}
		faults = append(faults, result.add(object))
	}
	return result, errors.Join(faults...)
}

// decodeSources decodes the documents as they were written. Rendering has made one
// of two equal keys by then, so duplicates are only seen here.
func decodeSources(files map[string]string) error {
	decoder := strictDecoder()
	var faults []error
	for name, content := range files {
		if path.Dir(name) != "base" || path.Ext(name) != ".yaml" || path.Base(name) == "kustomization.yaml" {
			continue
		}
		for i, document := range strings.Split(content, "\n---\n") {
			if _, _, err := decoder.Decode([]byte(document), nil, nil); err != nil {
				faults = append(faults, fmt.Errorf("%s: document %d: %w", name, i+1, err))
			}
		}
	}
	return errors.Join(faults...)
}

// strictDecoder knows the kinds that the base may use, and refuses unknown and
// duplicate fields.
func strictDecoder() runtime.Decoder {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, policyv1.AddToScheme, networkingv1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Yaml: true, Strict: true})
}

// add files an object under its kind. A kind that the checks do not know would be
// a kind that nobody checks.
func (c *cluster) add(object runtime.Object) error {
	switch object := object.(type) {
	case *appsv1.Deployment:
		c.deployments = append(c.deployments, object)
	case *corev1.Service:
		c.services = append(c.services, object)
	case *corev1.ServiceAccount:
		c.accounts[object.Name] = object
	case *corev1.ConfigMap:
		c.configMaps[object.Name] = object
	case *corev1.Namespace:
		c.namespaces = append(c.namespaces, object)
	case *policyv1.PodDisruptionBudget:
		c.budgets = append(c.budgets, object)
	case *networkingv1.NetworkPolicy:
		c.networkPolicies = append(c.networkPolicies, object)
	default:
		return fmt.Errorf("%T is a kind that no check knows", object)
	}
	return nil
}
