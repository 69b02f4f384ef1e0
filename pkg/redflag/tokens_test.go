package redflag

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Öz-Kargo  Taşımacılık A.Ş.": "oz kargo tasimacilik a s",
		"İSTANBUL IĞDIR ığdır":       "istanbul igdir igdir",
		"São Tomé":                   "sao tome",
		"Йошкар-Ола":                 "иошкар ола",
		"深圳 物流":                      "深圳 物流",
		"…":                          "",
	} {
		require.Equal(t, want, fold(text))
	}
}

func FuzzTokens(f *testing.F) {
	for _, seed := range []string{"Öz Lojistik", "52.29", "to order", "物流", "H5229", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded := fold(text)
		require.Equal(t, folded, fold(folded), "folding twice changes nothing")
		if trade, word, ok := tradeOfName(text); ok {
			require.NotEmpty(t, trade)
			require.NotEmpty(t, word)
		}
		if trade, ok := tradeOfIndustry(text); ok {
			require.NotEmpty(t, trade)
		}
		toOrder(text)
	})
}
