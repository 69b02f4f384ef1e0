package match

import "chokepoint/pkg/normalize"

// population is how many names a word's rarity is measured against at least: a short
// list does not make a word rare.
const population = 1 << 16

// rarityOf is sixteen times the binary logarithm of how rare a term is among the forms. A
// short word cannot be rarer than its letters, and a well-known given name is common
// whether or not the list has many.
func rarityOf(class normalize.Class, letters, frequency, forms int) int {
	rarity := max(log2(uint64(max(forms, population)+1))-log2(uint64(frequency+1)), 24)
	switch class {
	case normalize.ClassGiven:
		return min(rarity, 160, max(letters, 2)*48)
	case normalize.ClassName:
		return min(rarity, letters*48)
	}
	return rarity
}

// weightOf is what a unit says about who is meant: its rarity, less for what it is.
func weightOf(class normalize.Class, letters, rarity int) int {
	switch class {
	case normalize.ClassLegal:
		return 8
	case normalize.ClassParticle, normalize.ClassTitle:
		return 10
	case normalize.ClassGeneric:
		return max(12, rarity*30/100)
	case normalize.ClassTrade:
		return max(20, rarity*50/100)
	case normalize.ClassPlace:
		return max(30, rarity*60/100)
	case normalize.ClassPatronymic:
		return max(40, rarity*70/100)
	}
	if letters == 1 {
		return 40
	}
	return rarity
}
