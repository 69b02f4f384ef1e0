package match

import (
	"chokepoint/pkg/controllist"
	"chokepoint/pkg/decision"
	"chokepoint/pkg/normalize"
)

// Entries that are only an address (BIS, 89 FR 51644) are found by its words: numbers and
// the names of streets and towns; "street" and "floor" say little.
const (
	weightNumber = 6
	weightPlace  = 4
	weightCommon = 1
	// leastAddress is the least weight an address needs to be searched: a bare city is none.
	leastAddress = 12
	// mostAddress is the most an address alone scores.
	mostAddress = decision.BasisPoints(9500)
	// addressExtra and addressMissing are what words of the one side only cost, in hundredths:
	// a query's address has often more detail, and the listed one may lack the town.
	addressExtra   = 20
	addressMissing = 60
)

// addresses holds the addresses of address entries by word.
type addresses struct {
	table    hashTable
	postings lists // addresses by number of the word
	weight   []uint16
	numbers  []uint16 // the weight of an address's numbers
	holder   []uint32 // entry<<8 | place of the address
}

// commonAddressWords are words most addresses have, in the languages of trade papers.
var commonAddressWords = wordSet("street st str road rd avenue ave floor fl room rm suite unit no number block blk building bldg bld tower centre center industrial zone area district dist city town province state po box p o flat house shop office park plaza and of the near opp cad cd sok sk mah mahallesi caddesi sokak bulvari blv kat daire ulitsa ul prospekt dom ofis lane ln drive dr level phase sector village lu jie dao qu shi")

func wordSet(text string) map[string]struct{} {
	set := map[string]struct{}{}
	var name normalize.Name
	name.Set(text)
	for i := range name.Tokens {
		set[string(name.Text(i))] = struct{}{}
	}
	return set
}

func addressWeight(name *normalize.Name, i int) uint16 {
	if name.Tokens[i].Flags&normalize.FlagDigits != 0 {
		return weightNumber
	}
	if _, common := commonAddressWords[string(name.Text(i))]; common || len(name.Text(i)) == 1 {
		return weightCommon
	}
	return weightPlace
}

// eachAddressWord calls fn with the hash and weight of every distinct word of an address.
func eachAddressWord(scratch *normalize.Name, address *controllist.Address, fn func(hash uint64, weight uint16, number bool)) {
	for _, part := range [...]string{address.Street, address.City, address.PostalCode} {
		scratch.Set(part)
		for i := range scratch.Tokens {
			weight := addressWeight(scratch, i)
			fn(hashBytes(scratch.Text(i))|1, weight, weight == weightNumber)
		}
	}
}

func buildAddresses(entries []controllist.Entry) addresses {
	a := addresses{}
	var scratch normalize.Name
	numbers := map[uint64]uint32{}
	var links []pair
	for e := range entries {
		if entries[e].Kind != controllist.KindAddress {
			continue
		}
		for i := range entries[e].Addresses {
			if i > 0xff {
				break
			}
			id := uint32(len(a.weight))
			seen := map[uint64]bool{}
			var weight, digits uint16
			eachAddressWord(&scratch, &entries[e].Addresses[i], func(hash uint64, w uint16, number bool) {
				if seen[hash] {
					return
				}
				seen[hash] = true
				weight += w
				if number {
					digits += w
				}
				word, ok := numbers[hash]
				if !ok {
					word = uint32(len(numbers))
					numbers[hash] = word
				}
				links = append(links, pair{word, id})
			})
			a.weight, a.numbers, a.holder = append(a.weight, weight), append(a.numbers, digits), append(a.holder, uint32(e)<<8|uint32(i))
		}
	}
	a.table = newHashTable(len(numbers))
	for hash, word := range numbers {
		a.table.put(hash, word)
	}
	a.postings = layOut(links, len(numbers))
	return a
}

// searchAddresses adds the address entries that one of the query's addresses agrees with.
func (s *Searcher) searchAddresses(q *Query, threshold decision.BasisPoints) {
	x := &s.index.addresses
	if len(x.weight) == 0 {
		return
	}
	for i := range q.Addresses {
		asked := &q.Addresses[i]
		total, numbers := s.sumAddress(asked)
		for _, id := range s.addressHit {
			shared := int(s.addressSum[id])
			s.addressSum[id] = 0
			entry := int32(x.holder[id] >> 8)
			listed := &s.index.entries[entry].Addresses[x.holder[id]&0xff]
			if total < leastAddress || x.weight[id] < leastAddress || asked.Country != "" && listed.Country != "" && asked.Country != listed.Country {
				continue
			}
			missing, extra := int(x.weight[id])-shared, total-shared
			score := decision.BasisPoints(shared * 10000 / (shared + max(missing, 0)*addressMissing/100 + max(extra, 0)*addressExtra/100))
			if x.numbers[id] > 0 && numbers > 0 && !s.shareNumber(asked, listed) {
				score /= 2
			}
			if score = min(score, mostAddress); score >= threshold {
				s.note(Candidate{Entry: entry, Name: -1, Score: score, Basis: decision.BasisAddress, Identifier: -1})
			}
		}
		s.addressHit = s.addressHit[:0]
	}
}

// sumAddress adds up what every listed address shares with one of the query's.
func (s *Searcher) sumAddress(asked *controllist.Address) (total, numbers int) {
	x := &s.index.addresses
	for _, part := range [...]string{asked.Street, asked.City, asked.PostalCode} {
		s.name.Set(part)
		for i := range s.name.Tokens {
			weight := addressWeight(&s.name, i)
			total += int(weight)
			if weight == weightNumber {
				numbers++
			}
			word, ok := x.table.get(hashBytes(s.name.Text(i)) | 1)
			if !ok {
				continue
			}
			for _, id := range x.postings.at(word) {
				if s.addressSum[id] == 0 {
					s.addressHit = append(s.addressHit, id)
				}
				s.addressSum[id] = min(s.addressSum[id]+weight, x.weight[id])
			}
		}
	}
	return total, numbers
}

// shareNumber reports whether two addresses have a street or postal number in common.
func (s *Searcher) shareNumber(asked, listed *controllist.Address) bool {
	s.bytes = s.bytes[:0]
	for _, part := range [...]string{asked.Street, asked.PostalCode} {
		s.name.Set(part)
		for i := range s.name.Tokens {
			if s.name.Tokens[i].Flags&normalize.FlagDigits != 0 {
				s.bytes = append(append(s.bytes, ' '), s.name.Text(i)...)
			}
		}
	}
	s.bytes = append(s.bytes, ' ')
	for _, part := range [...]string{listed.Street, listed.PostalCode} {
		s.name.Set(part)
		for i := range s.name.Tokens {
			if s.name.Tokens[i].Flags&normalize.FlagDigits != 0 && containsWord(s.bytes, s.name.Text(i)) {
				return true
			}
		}
	}
	return false
}

// containsWord reports whether a word stands in a list of words with spaces around each.
func containsWord(words, word []byte) bool {
	for i := 0; i+len(word)+1 < len(words); i++ {
		if words[i] == ' ' && words[i+len(word)+1] == ' ' && string(words[i+1:i+1+len(word)]) == string(word) {
			return true
		}
	}
	return false
}
