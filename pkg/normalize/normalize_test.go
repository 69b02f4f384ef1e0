package normalize_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"chokepoint/pkg/normalize"
)

func words(name string) []string {
	var n normalize.Name
	n.Set(name)
	var all []string
	for i := range n.Tokens {
		all = append(all, string(n.Text(i)))
	}
	return all
}

func phone(name string) string {
	var n normalize.Name
	n.Set(name)
	var all []string
	for i := range n.Tokens {
		all = append(all, string(n.Phone(i)))
	}
	return strings.Join(all, " ")
}

func TestWordsInLatin(t *testing.T) {
	for name, want := range map[string]string{
		"İSTANBUL Iğdır Şişli Straße": "istanbul igdir sisli strasse",
		"Ødegård Łódź Đorđe Æsir":     "odegard lodz dorde aesir",
		"Щёголев Юрий":                "shchegolev yuriy",
		"Αθήνα":                       "athina",
		"ბარაკ":                       "barak",
		"Բարակ":                       "barak",
		"L.L.C. S.A. M/V J.P. Morgan": "llc sa mv j p morgan",
		"Xi'an Cho’ng-min":            "xian chong min",
		"a\u200bb\u202ec":             "abc",
		"АB":                          "ab", // A Cyrillic А and a Latin B.
		"Вiктор":                      "viktor",
		"Ｆｕｌｌ 𝐁𝐨𝐥𝐝":                   "full bold",
		"الناصر":                      "al nasr",
		"A & B":                       "a and b",
		"":                            "",
		"\xff\xfe":                    "",
		"NAME (a.k.a. OTHER)":         "name aka other",
	} {
		require.Equal(t, want, strings.Join(words(name), " "), "%q", name)
	}
}

func TestSoundsThatAreOne(t *testing.T) {
	for _, same := range [][]string{
		{"Sergeyevich", "Sergeevich", "Sergejevich"},
		{"Hossein", "Hosein", "Hosseyn"},
		{"Maxim", "Maksim"},
		{"Alexey", "Aleksei"},
		{"Mahmood", "Mahmoud", "Mahmud"},
		{"Khalid", "Halid"},
		{"Yevgeny", "Evgenii"},
	} {
		for _, other := range same[1:] {
			require.Equal(t, phone(same[0]), phone(other), "%s, %s", same[0], other)
		}
	}
}

func TestUnits(t *testing.T) {
	meanings := func(name string, person bool) string {
		var n normalize.Name
		n.Set(name)
		var all []string
		for _, unit := range n.AppendUnits(nil, person) {
			all = append(all, normalize.MeaningName(unit.Meaning.ID))
		}
		return strings.Join(all, ", ")
	}
	require.Equal(t, "legal limited, ", meanings("Общество с ограниченной ответственностью Квазар", false))
	require.Equal(t, ", legal limited", meanings("Kvazar Limited Liability Compnay", false), "one misspelled word in a legal form")
	require.Equal(t, ", legal stock", meanings("Kvazar A.Ş.", false))
	require.Equal(t, "given sergey, patronymic ovich gennady, ", meanings("Сергій Геннадійович Квазар", true))
	require.Equal(t, ", ", meanings("Co Sal", true), "words of trade mean nothing in people's names")
	require.Equal(t, ", number 7", meanings("Kvazar VII", false))
}

func TestOffsetsCutTheOriginal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		var n normalize.Name
		n.Set(name)
		last := int32(0)
		for i, token := range n.Tokens {
			require.GreaterOrEqual(t, token.Start, last)
			require.Greater(t, token.End, token.Start)
			require.LessOrEqual(t, int(token.End), len(name))
			require.NotEmpty(t, n.Text(i))
			last = token.End
			for _, c := range n.Text(i) {
				require.True(t, c >= 'a' && c <= 'z' || c >= '0' && c <= '9', "%q", n.Text(i))
			}
		}
	})
}

func TestIdentifiers(t *testing.T) {
	for _, test := range []struct {
		kind, country, value, want string
		check                      normalize.Check
	}{
		{"imo", "", "IMO 9074729", "9074729", normalize.CheckValid},
		{"imo", "", "9074728", "9074728", normalize.CheckInvalid},
		{"imo", "", "123", "", normalize.CheckNone},
		{"bic", "", "thgrdeff123", "THGRDEFF", normalize.CheckNone},
		{"lei", "", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R12", normalize.CheckValid},
		{"lei", "", "5493001KJTIIGC8Y1R13", "5493001KJTIIGC8Y1R13", normalize.CheckInvalid},
		{"tax_id", "RU", "7707083893", "7707083893", normalize.CheckValid},
		{"tax_id", "RU", "7707083894", "7707083894", normalize.CheckInvalid},
		{"tax_id", "DE", "12-345-678", "12345678", normalize.CheckNone},
		{"passport", "", "000000", "", normalize.CheckNone},
		{"wallet", "", "0xAbCdEf0123456789aBcDeF0123456789abcdef01", "0xabcdef0123456789abcdef0123456789abcdef01", normalize.CheckNone},
		{"website", "", "https://www.Quillwort.example/about", "quillwort.example", normalize.CheckNone},
		{"phone", "", "+00 90 212 555 01 00", "902125550100", normalize.CheckNone},
	} {
		got, check := normalize.AppendIdentifier(nil, test.kind, test.country, test.value)
		require.Equal(t, test.want, string(got), "%s %s", test.kind, test.value)
		require.Equal(t, test.check, check, "%s %s", test.kind, test.value)
	}
}

func FuzzName(f *testing.F) {
	for _, seed := range []string{"", "AZ. B.C. (d) & e", "\u0627\u0644\u0646", "王小明", "김철관", strings.Repeat("ü", 5000), "\xf0\x28\x8c\x28", "İ̇ı", "ⅧⅨ①"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		var n normalize.Name
		n.Set(name)
		if len(n.Tokens) > normalize.MaxTokens {
			t.Fatalf("%d words", len(n.Tokens))
		}
		for _, person := range []bool{true, false} {
			next := 0
			for _, unit := range n.AppendUnits(nil, person) {
				if unit.First < next || unit.Last < unit.First || unit.Last >= len(n.Tokens) {
					t.Fatalf("unit %v after %d of %d", unit, next, len(n.Tokens))
				}
				next = unit.Last + 1
			}
		}
	})
}

func FuzzIdentifier(f *testing.F) {
	f.Add("imo", "", "IMO 9074729")
	f.Add("tax_id", "TR", "1234567890")
	f.Add("bic", "", "é")
	f.Fuzz(func(_ *testing.T, kind, country, value string) {
		normalize.AppendIdentifier(nil, kind, country, value)
	})
}
