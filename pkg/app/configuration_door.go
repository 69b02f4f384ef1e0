package app

import (
	"errors"
	"fmt"

	"chokepoint/pkg/escalate"
	"chokepoint/pkg/escalate/webhook"
	"chokepoint/pkg/ingestor"
	"chokepoint/pkg/notifier"
)

// IngestorConfig is an ingestor's configuration file.
type IngestorConfig struct {
	NATS     NATS `yaml:"nats"`
	Observed `yaml:",inline"`
	// TokensFile holds the hashed bearer tokens.
	TokensFile string          `yaml:"tokens_file"`
	Ingestor   ingestor.Config `yaml:",inline"`
}

// DefaultIngestorConfig returns the defaults.
func DefaultIngestorConfig() IngestorConfig {
	return IngestorConfig{NATS: defaultNATS(), Observed: defaultObserved(), Ingestor: ingestor.DefaultConfig()}
}

// Validate reports every fault at once.
func (c IngestorConfig) Validate() error {
	faults := []error{c.NATS.validate(), c.Observed.validate(), c.Ingestor.Validate()}
	if c.TokensFile == "" {
		faults = append(faults, errors.New("tokens_file is missing: nobody could come in"))
	}
	return errors.Join(faults...)
}

// NotifierConfig is a notifier's configuration file.
type NotifierConfig struct {
	NATS     NATS `yaml:"nats"`
	Observed `yaml:",inline"`
	// Webhooks are the receivers, by the names routes use; one without a name is told
	// of every case.
	Webhooks []Webhook       `yaml:"webhooks"`
	Notify   escalate.Config `yaml:"notify"`
	Notifier notifier.Config `yaml:",inline"`
}

// Webhook is one receiver of notices.
type Webhook struct {
	// Name is what routes call it; without one it is told of every case.
	Name           string `yaml:"name"`
	webhook.Config `yaml:",inline"`
}

// withDefaults fills in what a webhook's few lines leave out.
func (w Webhook) withDefaults() webhook.Config {
	config, defaults := w.Config, webhook.DefaultConfig()
	if config.Timeout == 0 {
		config.Timeout = defaults.Timeout
	}
	if config.MaxResponseBytes == 0 {
		config.MaxResponseBytes = defaults.MaxResponseBytes
	}
	if config.UserAgent == "" {
		config.UserAgent = defaults.UserAgent
	}
	return config
}

// DefaultNotifierConfig returns the defaults.
func DefaultNotifierConfig() NotifierConfig {
	return NotifierConfig{
		NATS: defaultNATS(), Observed: defaultObserved(), Notify: escalate.DefaultConfig(), Notifier: notifier.DefaultConfig(),
	}
}

// Validate reports every fault at once.
func (c NotifierConfig) Validate() error {
	faults := []error{c.NATS.validate(), c.Observed.validate(), c.Notify.Validate(), c.Notifier.Validate()}
	for i, hook := range c.Webhooks {
		if err := hook.withDefaults().Validate(); err != nil {
			faults = append(faults, within(fmt.Sprintf("webhooks[%d]: ", i), err))
		}
	}
	return errors.Join(faults...)
}
