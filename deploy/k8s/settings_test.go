package k8s

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
	appsv1 "k8s.io/api/apps/v1"

	"chokepoint/pkg/app"
	"chokepoint/pkg/config"
)

// settingsOf decodes the settings of each worker as the worker itself does.
var settingsOf = map[string]func(name string, data []byte) error{
	"ingestor": decodeAs(app.DefaultIngestorConfig),
	"screener": decodeAs(app.DefaultScreenerConfig),
	"notifier": decodeAs(app.DefaultNotifierConfig),
}

// decodeAs decodes settings strictly over the defaults of a worker and validates
// them.
func decodeAs[T any](defaults func() T) func(name string, data []byte) error {
	return func(name string, data []byte) error {
		// Validating looks for the file, and what a pod mounts is not here: a file that
		// is here stands for it. That something is mounted there is checked below.
		data = bytes.ReplaceAll(data, []byte("/etc/chokepoint/nats/nats.creds"), []byte("doc.go"))
		_, err := config.Decode(name, data, defaults())
		return err
	}
}

// commonSettings are the settings that the manifests must agree with.
type commonSettings struct {
	Listen      string `yaml:"listen"`
	AdminListen string `yaml:"admin_listen"`
	TokensFile  string `yaml:"tokens_file"`
	NATS        struct {
		CredentialsFile string `yaml:"credentials_file"`
		Durability      string `yaml:"durability"`
		Replicas        int    `yaml:"replicas"`
	} `yaml:"nats"`
}

// checkSettings compares a worker's settings with the program that reads them and
// with the pod that they are mounted in.
func checkSettings(faults *faultList, d *appsv1.Deployment, text string) {
	if decode, known := settingsOf[d.Name]; known {
		if err := decode(d.Name+".yaml", []byte(text)); err != nil {
			faults.add("%s: its settings: %s", d.Name, err)
		}
	} else {
		faults.add("%s: no program is known that reads its settings", d.Name)
	}
	var settings commonSettings
	if err := yaml.Load([]byte(text), &settings); err != nil {
		faults.add("%s: its settings: %s", d.Name, err)
		return
	}
	faults.want(settings.NATS.Durability == "always" && settings.NATS.Replicas == 3, "%s: an acknowledged message is not on three disks", d.Name)
	for _, file := range []string{settings.NATS.CredentialsFile, settings.TokensFile} {
		volume := mounted(d, file)
		faults.want(file == "" || volume != nil && volume.Secret != nil, "%s: no secret is mounted at %s", d.Name, file)
	}
	for name, address := range map[string]string{"http": settings.Listen, "admin": settings.AdminListen} {
		for _, port := range d.Spec.Template.Spec.Containers[0].Ports {
			if port.Name == name {
				faults.want(strings.HasSuffix(address, fmt.Sprintf(":%d", port.ContainerPort)), "%s: port %s is %d and the program listens on %q", d.Name, name, port.ContainerPort, address)
			}
		}
	}
}
