package main

import (
	"context"
	"errors"
	"os"

	"chokepoint/pkg/policy"
)

var policyCheckCommand = command{
	name: "policy check", arguments: "FILE",
	summary: "check a policy file and name every fault in it",
	example: "chokepoint policy check policy.yaml",
	run:     runPolicyCheck,
}

var policyExplainCommand = command{
	name: "policy explain", arguments: "[FILE]",
	summary: "tell in words what a policy does; without a file, the built-in one",
	example: "chokepoint policy explain",
	run:     runPolicyExplain,
}

// checkedPolicy is the result of policy check.
type checkedPolicy struct {
	Sound  bool          `json:"sound"`
	Name   string        `json:"name,omitzero"`
	Digest string        `json:"digest,omitzero"`
	Faults []policyFault `json:"faults,omitzero"`
}

// policyFault is one fault; line is left out where it has none.
type policyFault struct {
	Line    int    `json:"line,omitzero"`
	Message string `json:"message"`
}

func policyFaults(err error) []policyFault {
	var known *policy.Error
	if !errors.As(err, &known) {
		return []policyFault{{Message: err.Error()}}
	}
	faults := make([]policyFault, 0, len(known.Faults))
	for _, fault := range known.Faults {
		faults = append(faults, policyFault{Line: fault.Line, Message: fault.Message})
	}
	return faults
}

func runPolicyCheck(_ context.Context, term *terminal, set *flags, args []string) error {
	files, err := set.withJSON().parse(args, 1, 1)
	if err != nil {
		return err
	}
	if err := fileExists(files[0]); err != nil {
		return err
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	result := checkedPolicy{}
	rules, faulty := policy.Parse(text)
	if faulty != nil {
		result.Faults = policyFaults(faulty)
	} else {
		result = checkedPolicy{Sound: true, Name: rules.Name(), Digest: rules.Digest()}
	}
	switch {
	case *set.asJSON:
		if err := term.printJSON(result); err != nil {
			return err
		}
	case result.Sound:
		term.printf("%s is sound: policy %s (sha256 %.12s)\n", files[0], result.Name, result.Digest)
	default:
		term.printf("%s: %v\n", files[0], faulty)
	}
	if !result.Sound {
		return errNo
	}
	return nil
}

// explainedPolicy is the result of policy explain.
type explainedPolicy struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
	Text   string `json:"text"`
}

func runPolicyExplain(_ context.Context, term *terminal, set *flags, args []string) error {
	files, err := set.withJSON().parse(args, 0, 1)
	if err != nil {
		return err
	}
	path := ""
	if len(files) == 1 {
		path = files[0]
	}
	rules, err := readPolicy(path)
	if err != nil {
		return err
	}
	if *set.asJSON {
		return term.printJSON(explainedPolicy{Name: rules.Name(), Digest: rules.Digest(), Text: rules.Explain()})
	}
	term.printf("%s", rules.Explain())
	return nil
}
