package main

import (
	"testing"

	"chokepoint/pkg/scripttest"
)

func TestMain(m *testing.M) { scripttest.Main(m, "ingestor", run) }

func TestScripts(t *testing.T) { scripttest.Run(t, nil) }

func TestDeployedConfigurationIsSound(t *testing.T) {
	scripttest.DeployedConfigurationIsSound(t, "ingestor")
}
