package policy_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"chokepoint/pkg/decision"
	"chokepoint/pkg/policy"
	"chokepoint/pkg/redflag"
)

var update = flag.Bool("update", false, "write the golden files anew")

func defaultText() string { return string(policy.Default().Bytes()) }

// edited is the default policy with one piece replaced, which must occur.
func edited(t *testing.T, pairs ...string) string {
	text := defaultText()
	for i := 0; i < len(pairs); i += 2 {
		require.Contains(t, text, pairs[i])
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func faultsOf(t *testing.T, text string) []policy.Fault {
	_, err := policy.Parse([]byte(text))
	require.Error(t, err)
	var wrong *policy.Error
	require.True(t, errors.As(err, &wrong), "%v", err)
	require.NotEmpty(t, wrong.Faults)
	return wrong.Faults
}

func TestDefaultPolicy(t *testing.T) {
	rules := policy.Default()
	require.Equal(t, "default-2026-11", rules.Name())
	require.Len(t, rules.Digest(), 64)
	hit, near := rules.Thresholds()
	require.Greater(t, hit, near)
	require.LessOrEqual(t, hit, decision.Full)
	alert, nearRisk := rules.RiskThresholds()
	require.Equal(t, decision.BasisPoints(5000), alert)
	require.Equal(t, decision.BasisPoints(4000), nearRisk)
	require.Equal(t, decision.OutcomePass, rules.UnavailableHistory())
	require.Equal(t, redflag.DefaultSets(), rules.Sets(), "redflag's default sets are the default policy's")

	again, err := policy.Parse(rules.Bytes())
	require.NoError(t, err)
	require.Equal(t, rules.Digest(), again.Digest())
	copied := rules.Bytes()
	copied[0] = 'X'
	require.NotEqual(t, copied[0], rules.Bytes()[0], "the caller owns the copy")
}

func TestDigestIsOfTheBytesAsStored(t *testing.T) {
	commented, err := policy.Parse([]byte("# reviewed\n" + defaultText()))
	require.NoError(t, err)
	require.NotEqual(t, policy.Default().Digest(), commented.Digest(), "a comment gives a reason, and so a version")
}

func TestExplainGolden(t *testing.T) {
	golden := filepath.Join("testdata", "explain.golden")
	text := policy.Default().Explain()
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(text), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), text, "run with -update and read the difference")
	for _, rule := range redflag.Rules() {
		require.Contains(t, text, rule.Code+": ")
	}
}

func TestFiveMistakesAreFiveFaults(t *testing.T) {
	text := edited(
		t,
		"hit: 7500", "hit: eighty",
		"{nexus: any, effect: alert, citation: \"31 CFR 501.604\"}", "{nexus: any, effect: block, citation: \"31 CFR 501.604\"}",
		"countries: [CU]", "countries: [Cuba]",
		"code: forwarder_final,", "code: forwarder_final, wieght: 2,",
		"  unavailable: note", "  unavailable: hold",
	)
	faults := faultsOf(t, text)
	messages := make([]string, 0, len(faults))
	for i, fault := range faults {
		require.Positive(t, fault.Line, fault.Message)
		if i > 0 {
			require.GreaterOrEqual(t, fault.Line, faults[i-1].Line)
		}
		messages = append(messages, fault.String())
	}
	require.Len(t, faults, 5, "%s", strings.Join(messages, "\n"))
	for i, part := range []string{"whole number", `"block"`, `"Cuba"`, `"wieght"`, "note, pass or alert"} {
		require.Contains(t, messages[i], part)
		lines := strings.Split(text, "\n")
		require.NotEmpty(t, lines[faults[i].Line-1])
	}
	_, err := policy.Parse([]byte(text))
	require.Equal(t, 6, len(strings.Split(err.Error(), "\n")))
}

func TestFaults(t *testing.T) {
	cases := []struct {
		name string
		edit []string
		want string
	}{
		{"unknown member", []string{"name: default", "naem: default"}, `no member "naem"`},
		{"missing name", []string{"name: default-2026-11\n", "\n"}, "name is missing"},
		{"member twice", []string{"format: 1", "format: 1\nname: other"}, `"name" stands here again`},
		{"member twice in a row", []string{"weight: 2500,", "weight: 2500, weight: 1,"}, `"weight" stands here again`},
		{"another format", []string{"format: 1", "format: 2"}, "format 2 is not known"},
		{"no format", []string{"format: 1\n", "\n"}, "format is missing"},
		{"empty value", []string{"hit: 7500", "hit:"}, "there is no value here"},
		{"threshold too low", []string{"hit: 7500", "hit: 4000"}, "matching.hit is 4000"},
		{"near above hit", []string{"near: 7000", "near: 9000"}, "above matching.hit"},
		{"hexadecimal", []string{"hit: 7500", "hit: 0x1F40"}, "not a whole number"},
		{"fraction", []string{"weight: 2500", "weight: 0.25"}, "not a whole number"},
		{"certain weight", []string{"weight: 2500", "weight: 10000"}, "goes from 0 to 9000"},
		{"negative weight", []string{"weight: 2500", "weight: -1"}, "goes from 0 to 9000"},
		{"missing weight", []string{"weight: 2500, ", ""}, "weight of chpl_goods.tier_1"},
		{"unknown flag", []string{"code: chpl_goods.tier_1", "code: chpl_goods.tier_5"}, "known are chpl_goods"},
		{"flag without a weight", []string{"code: forwarder_final", "code: missing_end_user"}, "flag forwarder_final has no weight"},
		{"flag twice", []string{"code: forwarder_final", "code: missing_end_user"}, "missing_end_user stands here again"},
		{"weak is a word", []string{"weight: 2000, weak: true", "weight: 2000, weak: yes"}, "weak is not true or false"},
		{"unknown measure", []string{"- measure: freeze", "- measure: freezing"}, `measure "freezing" is not known`},
		{"measure without rules", []string{"- measure: freeze", "- measure: freezing"}, "measure freeze has no rules"},
		{"unknown nexus", []string{"nexus: us_dollar", "nexus: us_dolar"}, `nexus "us_dolar" is not known`},
		{"nexus twice", []string{"nexus: us_person_unknown", "nexus: us_person"}, "nexus us_person twice"},
		{"no rule for any", []string{"- {nexus: any, effect: note,", "- {nexus: us_dollar, effect: note,"}, "no rule for nexus any"},
		{"no citation", []string{`, citation: "the firm's own list"`, ""}, "the citation of internal on any is missing"},
		{"no reason", []string{`, reason: "Named by BIS; 3A991 and 5A991 are also the classification of ordinary electronics."`, ""}, "the reason of eccn_of_concern"},
		{"embargo without a place", []string{"countries: [CU]", "countries: []"}, "names no country and no place"},
		{"places within nothing", []string{"    within: [RU, UA]\n", ""}, "within which countries"},
		{"locode", []string{"UASVP", "UASV"}, "UN/LOCODE"},
		{"embargo twice", []string{"name: iran", "name: cuba"}, "embargo cuba stands here again"},
		{"unknown set", []string{"coalition: GECC", "coalition: NATO"}, `country set "NATO"`},
		{"hub twice", []string{"hubs: [BIS_TRANSSHIP_2022,", "hubs: [UK_OTSI_2025_08,"}, "twice"},
		{"not a date", []string{"founded_after: 2022-02-24", "founded_after: 2022-02-30"}, "founded_after"},
		{"not a day", []string{"founded_after: 2022-02-24", `founded_after: "2022-02"`}, "is a day"},
		{"record longer than history", []string{"days: 365", "days: 4000"}, "goes from 1 to 400"},
		{"anchor", []string{"hit: 7500", "hit: &a 8000"}, "anchors and aliases"},
		{"tag", []string{"hit: 7500", "hit: !!int 8000"}, "explicit tags"},
		{"list where a text belongs", []string{"name: default-2026-11", "name: [a]"}, "name is not a text"},
		{"text where a list belongs", []string{"hubs: [BIS_TRANSSHIP_2022, UK_OTSI_2025_01, UK_OTSI_2025_08]", "hubs: BIS"}, "wrong shape"},
		{"row that is a word", []string{"flags:\n", "flags:\n  - chpl\n"}, "wrong shape"},
		{"second document", []string{"format: 1", "---\nformat: 1\n---\nformat: 1"}, "single document"},
		{"broken", []string{"format: 1", "format: [1"}, "not YAML"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			found := false
			var all []string
			for _, fault := range faultsOf(t, edited(t, test.edit...)) {
				found = found || strings.Contains(fault.Message, test.want)
				all = append(all, fault.String())
			}
			require.True(t, found, "%q is not in\n%s", test.want, strings.Join(all, "\n"))
		})
	}
	for name, text := range map[string]string{
		"empty": "", "a list": "- 1\n", "a word": "policy\n", "not UTF-8": "name: \xff\n",
		"too big": strings.Repeat("#", 300<<10), "deep": "a: " + strings.Repeat("[", 20) + strings.Repeat("]", 20) + "\n",
	} {
		t.Run(name, func(t *testing.T) { faultsOf(t, text) })
	}
}

func TestFaultsAreBounded(t *testing.T) {
	faults := faultsOf(t, defaultText()+"more: [1]\n"+strings.Repeat("more: 1\n", 1000))
	require.Len(t, faults, 201)
	require.Equal(t, "and 801 faults more", faults[200].String())
}

func TestOwnCountrySet(t *testing.T) {
	rules, err := policy.Parse([]byte(edited(
		t, "UK_OTSI_2025_08]", "OWN_2026]", "  founded_after: 2022-02-24",
		"  founded_after: 2022-02-24\n  own:\n    - {name: OWN_2026, published: 2026-01-05, source: risk committee, countries: [TH, HK]}",
	)))
	require.NoError(t, err)
	hubs := rules.Sets().Hubs
	require.Equal(t, redflag.CountrySet{
		Name: "OWN_2026", Published: "2026-01-05", Source: "risk committee", Countries: []string{"HK", "TH"},
	}, hubs[len(hubs)-1])
	require.Contains(t, rules.Explain(), "OWN_2026, 2026-01-05, 2 countries (risk committee)")
}

func FuzzParse(f *testing.F) {
	f.Add(policy.Default().Bytes())
	for _, seed := range []string{
		"", "format: 1\n", "a: &x [*x]\n", "flags:\n  - {code: chpl_goods.tier_1, weight: 1}\n", "measures:\n  - measure: freeze\n    rules: [null]\n",
		"countries: {hubs: [x, x], own: [{}]}\n", "? [a]\n: b\n", "name: !!binary aGk=\n", "embargoes: [{places: [a], cities: {}}]\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := policy.Parse(data)
		if err == nil {
			require.NotEmpty(t, rules.Explain())
			require.Equal(t, data, rules.Bytes())
			return
		}
		var wrong *policy.Error
		require.True(t, errors.As(err, &wrong), "%v", err)
	})
}
