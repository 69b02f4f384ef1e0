package publisher

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"chokepoint/pkg/controllist"
)

// remarkBytes is where OFAC cuts a remark off and continues it in the comments.
const remarkBytes = 1000

// ofacParty is a party being put together.
type ofacParty struct {
	entry   controllist.Entry
	remarks string
	title   string
	// vessel is what the columns of ships say that no field takes.
	vessel []string
	// unread are the remarks of its aliases and addresses.
	unread []string
}

// ofacReader joins the files of one list.
type ofacReader struct {
	set     *Set
	files   ofacSet
	parties map[int]*ofacParty
	order   []int
	// foreign counts the country names nobody understands.
	foreign map[string]int
}

// ofacKind reads the type column; null is an organisation.
func ofacKind(text string) (controllist.Kind, bool) {
	switch strings.ToLower(text) {
	case "":
		return controllist.KindOrganization, true
	case "individual":
		return controllist.KindPerson, true
	case "vessel":
		return controllist.KindVessel, true
	case "aircraft":
		return controllist.KindAircraft, true
	}
	return controllist.KindUnknown, false
}

// ofacAliasType reads the type of an alias. All of alt.csv are strong; the weak ones
// are in the remarks.
func ofacAliasType(text string) (controllist.NameType, bool) {
	switch strings.ToLower(strings.ReplaceAll(text, ".", "")) {
	case "aka", "nka":
		return controllist.NameAlias, true
	case "fka":
		return controllist.NameFormer, true
	}
	return controllist.NameUnknown, false
}

// parseOFACSet reads the files of one list.
func parseOFACSet(list string, files []ofacFile) Set {
	set := Set{Format: FormatOFAC}
	gathered, err := gatherOFAC(list, files)
	set.Files = gathered.order
	if err == nil {
		err = gathered.whole()
	}
	reader := ofacReader{set: &set, files: gathered, parties: map[int]*ofacParty{}, foreign: map[string]int{}}
	if _, ok := gathered.files[partParties]; ok {
		reader.read()
	}
	described := controllist.List{
		Name: list, Source: string(FormatOFAC) + ": " + strings.Join(gathered.order, ", "),
		Rejected: set.RejectedRows, Entries: len(set.Entries), Digest: digestOf(gathered.all...),
	}
	for _, entry := range set.Entries {
		described.Names += len(entry.Names)
	}
	set.Lists = []controllist.List{described}
	if err == nil && len(set.Entries) == 0 {
		err = errors.New("it holds no party that can be read")
	}
	set.Damage = err
	set.finish()
	return set
}

// read joins everything there is.
func (r *ofacReader) read() {
	for _, file := range r.files.files {
		r.set.Rows += file.table.count
	}
	// The order of reading decides the order of names and remarks: it is fixed.
	for _, part := range []ofacPart{partParties, partComments, partAliases, partAddresses} {
		file, ok := r.files.files[part]
		if !ok {
			continue
		}
		for _, fault := range file.table.faults {
			r.set.reject(file.Name, fault.line, fault.reason)
		}
		for _, row := range file.table.rows {
			if err := r.row(part, row); err != nil {
				r.set.reject(file.Name, row.line, err.Error())
			}
		}
	}
	r.warnComments()
	for _, number := range r.order {
		r.complete(r.parties[number])
	}
	resolveLinks(r.set.Entries)
	for _, name := range slices.Sorted(maps.Keys(r.foreign)) {
		r.set.warn("%q is a country of %d addresses that is not understood; it is kept as their region", name, r.foreign[name])
	}
}

// row reads one row of one of the files.
func (r *ofacReader) row(part ofacPart, row ofacRow) error {
	number, err := ofacNumber(row.fields[0])
	if err != nil {
		return err
	}
	if part == partParties {
		return r.party(number, row)
	}
	party := r.parties[number]
	if party == nil {
		r.set.Orphans++
		return fmt.Errorf("it is about party %d, which %s does not have", number, r.files.files[partParties].Name)
	}
	switch part {
	case partAliases:
		return party.alias(row.fields)
	case partAddresses:
		return r.address(party, row.fields)
	case partComments:
		// The cut is in the middle of a word: nothing goes between the two parts.
		party.remarks += strings.TrimRight(row.fields[1], " \r\n")
	}
	return nil
}

// party starts a party from its row in the main file.
func (r *ofacReader) party(number int, row ofacRow) error {
	if _, twice := r.parties[number]; twice {
		return fmt.Errorf("there is a party %d already", number)
	}
	name := ofacText(row.fields[1])
	if name == "" {
		return errors.New("it has no name")
	}
	kind, ok := ofacKind(ofacText(row.fields[2]))
	if !ok {
		return errors.New("its type is none of individual, vessel, aircraft and null")
	}
	list := r.files.list
	party := &ofacParty{
		entry: controllist.Entry{
			ID: list + "/" + strconv.Itoa(number), List: list, Kind: kind,
			Names:    []controllist.Name{{Value: name, Type: controllist.NamePrimary}},
			Programs: ofacPrograms(ofacText(row.fields[3])),
			Row:      row.line, Source: r.files.files[partParties].Name,
		},
		title: ofacText(row.fields[4]),
	}
	if ofacText(row.fields[11]) != "" {
		party.remarks = row.fields[11]
	}
	party.ship(row.fields)
	if faults := party.entry.Validate(); len(faults) > 0 {
		return controllist.FaultsError(faults)
	}
	r.parties[number] = party
	r.order = append(r.order, number)
	return nil
}

// ship reads the columns that only ships have.
func (p *ofacParty) ship(fields []string) {
	if sign := ofacText(fields[5]); sign != "" {
		p.entry.Identifiers = append(p.entry.Identifiers, controllist.Identifier{Type: controllist.IdentifierCallSign, Value: sign})
	}
	for _, column := range []struct {
		at    int
		label string
	}{{6, "Vessel Type"}, {7, "Tonnage"}, {8, "Gross Registered Tonnage"}} {
		if text := ofacText(fields[column.at]); text != "" {
			p.vessel = append(p.vessel, column.label+" "+text)
		}
	}
	if flag := ofacText(fields[9]); flag != "" {
		if code, ok := Country(flag); ok {
			p.entry.Countries = append(p.entry.Countries, code)
		} else {
			p.vessel = append(p.vessel, "Vessel Flag "+flag)
		}
	}
	if owner := ofacText(fields[10]); owner != "" {
		p.entry.Links = append(p.entry.Links, controllist.Link{Type: "owner", Name: owner})
	}
}

// alias adds a row of the file of aliases.
func (p *ofacParty) alias(fields []string) error {
	if !isNumber(fields[1]) {
		return errors.New("its alias number is not a positive whole number")
	}
	kind, ok := ofacAliasType(ofacText(fields[2]))
	if !ok {
		return errors.New("its type is none of aka, fka and nka")
	}
	name := controllist.Name{Value: ofacText(fields[3]), Type: kind}
	if name.Value == "" {
		return errors.New("it has no name")
	}
	if len(name.Value) > controllist.MaxTextBytes || len(p.entry.Names) >= controllist.MaxNames {
		return errors.New("its name is too long, or its party has too many")
	}
	p.entry.Names = append(p.entry.Names, name)
	if remark := ofacText(fields[4]); remark != "" {
		p.unread = append(p.unread, "alias: "+remark)
	}
	return nil
}

// address adds a row of the file of addresses. A row of nulls says that no address is
// known; it is sound, and adds nothing.
func (r *ofacReader) address(p *ofacParty, fields []string) error {
	if !isNumber(fields[1]) {
		return errors.New("its address number is not a positive whole number")
	}
	if len(p.entry.Addresses) >= controllist.MaxAddresses {
		return errors.New("its party has too many addresses")
	}
	address, foreign := ofacAddress(ofacText(fields[2]), ofacText(fields[3]), ofacText(fields[4]))
	for _, text := range []string{address.Street, address.City, address.State} {
		if len(text) > controllist.MaxTextBytes {
			return errors.New("its text is too long")
		}
	}
	if foreign != "" {
		r.foreign[foreign]++
	}
	if address != (controllist.Address{}) {
		p.entry.Addresses = append(p.entry.Addresses, address)
	}
	if address.Country != "" {
		p.entry.Countries = append(p.entry.Countries, address.Country)
	}
	if remark := ofacText(fields[5]); remark != "" {
		p.unread = append(p.unread, "address: "+remark)
	}
	return nil
}

// warnComments says how many remarks are cut off because their rest is not there.
func (r *ofacReader) warnComments() {
	cut := 0
	for _, party := range r.parties {
		remark := strings.TrimSpace(party.remarks)
		if len(party.remarks) >= remarkBytes-1 && len(party.remarks) <= remarkBytes && !strings.HasSuffix(remark, ".") {
			cut++
		}
	}
	if cut > 0 {
		r.set.warn("%d remarks are cut off at %d characters, and no file of comments has the rest", cut, remarkBytes)
	}
}

// complete reads the remarks of a party, now that they are whole, and adds its entry.
func (r *ofacReader) complete(p *ofacParty) {
	entry := &p.entry
	entry.Measures = ofacMeasures(entry.List, entry.Programs, p.remarks)
	remarks := readRemarks(p.remarks, entry.Kind)
	entry.Names = append(entry.Names, remarks.names...)
	entry.Identifiers = append(entry.Identifiers, remarks.identifiers...)
	entry.BirthDates = remarks.birthDates
	entry.Nationalities = remarks.nationalities
	entry.Gender = remarks.gender
	entry.Links = append(entry.Links, remarks.links...)
	entry.Countries = slices.Concat(entry.Countries, remarks.countries, remarks.nationalities)
	rest := slices.Concat(p.vessel, remarks.rest, p.unread)
	if p.title != "" {
		rest = append([]string{"Title " + p.title}, rest...)
	}
	entry.Remarks = strings.Join(rest, "; ")
	canonical := entry.Canonical()
	if faults := canonical.Validate(); len(faults) > 0 {
		r.set.reject(entry.Source, entry.Row, controllist.FaultsError(faults).Error())
		return
	}
	r.set.Entries = append(r.set.Entries, canonical)
}

// resolveLinks finds the entries that links name: by a name that exactly one entry
// has, primary names before others. The last full stop of a name may have been taken
// for that of the remark.
func resolveLinks(entries []controllist.Entry) {
	primary, other := map[string]string{}, map[string]string{}
	note := func(names map[string]string, name, id string) {
		if known, ok := names[name]; ok && known != id {
			id = ""
		}
		names[name] = id
	}
	for _, entry := range entries {
		for _, name := range entry.Names {
			switch name.Type {
			case controllist.NamePrimary:
				note(primary, name.Value, entry.ID)
			case controllist.NameAlias, controllist.NameFormer:
				note(other, name.Value, entry.ID)
			}
		}
	}
	for i := range entries {
		for j := range entries[i].Links {
			link := &entries[i].Links[j]
			for _, name := range []string{link.Name, link.Name + "."} {
				id, ok := primary[name]
				if !ok {
					id, ok = other[name]
				}
				if ok {
					link.Name, link.ID = name, id
					break
				}
			}
		}
	}
}

// linkSameParties ties the entries of parties that are on both lists.
func linkSameParties(sets []Set) {
	if len(sets) != 2 {
		return
	}
	at := make(map[string]int, len(sets[0].Entries))
	for i, entry := range sets[0].Entries {
		at[strings.TrimPrefix(entry.ID, entry.List)] = i
	}
	for i := range sets[1].Entries {
		second := &sets[1].Entries[i]
		j, ok := at[strings.TrimPrefix(second.ID, second.List)]
		if !ok {
			continue
		}
		first := &sets[0].Entries[j]
		first.Links = append(first.Links, controllist.Link{Type: "same_party", Name: second.Primary(), ID: second.ID})
		second.Links = append(second.Links, controllist.Link{Type: "same_party", Name: first.Primary(), ID: first.ID})
	}
}
