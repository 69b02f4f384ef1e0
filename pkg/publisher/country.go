package publisher

import (
	"strings"
	"sync"

	"chokepoint/pkg/controllist"
)

// Country returns the ISO 3166-1 alpha-2 code of a country as publishers write it: a
// code in either case, a name, one of OFAC's inverted names ("Korea, North"), a
// former or changed name ("Burma", "Turkey"), or a region OFAC lists in place of a
// country ("Region: Gaza"). Kosovo is XK. It reports false for what is no country or
// leaves open which ("undetermined", "Region: Kashmir").
func Country(text string) (code string, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) == 2 {
		upper := strings.ToUpper(text)
		if upper == "UK" {
			return "GB", true
		}
		return upper, controllist.ValidCountry(upper) && countryCodes()[upper]
	}
	key := countryKey(text)
	key = strings.TrimPrefix(key, "region ")
	code = countryNames()[key]
	return code, code != ""
}

// countryKey folds a name: lower case, letters only, no articles.
func countryKey(text string) string {
	var key strings.Builder
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), notCountryLetter) {
		if word == "the" {
			continue
		}
		if key.Len() > 0 {
			key.WriteByte(' ')
		}
		key.WriteString(word)
	}
	return key.String()
}

func notCountryLetter(r rune) bool {
	return r != '\'' && r != '’' && r < 0x80 && (r < 'a' || r > 'z')
}

// countryNames is the table below, by folded name.
var countryNames = sync.OnceValue(func() map[string]string {
	names := make(map[string]string, 512)
	for line := range strings.SplitSeq(strings.TrimSpace(countryTable), "\n") {
		code, rest, _ := strings.Cut(line, " ")
		for name := range strings.SplitSeq(rest, "|") {
			names[countryKey(name)] = code
		}
	}
	return names
})

// countryCodes are the codes of the table.
var countryCodes = sync.OnceValue(func() map[string]bool {
	codes := make(map[string]bool, 256)
	for _, code := range countryNames() {
		codes[code] = true
	}
	return codes
})

// countryTable gives every code its names: ISO's, the common ones, and the ones the
// publishers of lists use. "St." and "Saint", "&" and "and" are written out where
// they occur.
const countryTable = `
AD Andorra
AE United Arab Emirates|UAE
AF Afghanistan|Islamic Republic of Afghanistan
AG Antigua and Barbuda|Antigua & Barbuda
AI Anguilla
AL Albania
AM Armenia
AN Netherlands Antilles
AO Angola
AQ Antarctica
AR Argentina
AS American Samoa
AT Austria
AU Australia
AW Aruba
AX Aland Islands|Åland Islands
AZ Azerbaijan
BA Bosnia and Herzegovina|Bosnia & Herzegovina|Bosnia-Herzegovina|Bosnia
BB Barbados
BD Bangladesh
BE Belgium
BF Burkina Faso
BG Bulgaria
BH Bahrain
BI Burundi
BJ Benin
BL Saint Barthelemy|Saint Barthélemy
BM Bermuda
BN Brunei|Brunei Darussalam
BO Bolivia|Bolivia, Plurinational State of|Bolivia (Plurinational State of)
BQ Bonaire, Sint Eustatius and Saba|Bonaire
BR Brazil
BS Bahamas|Bahamas, The
BT Bhutan
BV Bouvet Island
BW Botswana
BY Belarus|Republic of Belarus
BZ Belize
CA Canada
CC Cocos (Keeling) Islands|Cocos Islands
CD Congo, Democratic Republic of the|Democratic Republic of the Congo|Congo (Democratic Republic)|Congo, The Democratic Republic of the|DRC|DR Congo
CF Central African Republic
CG Congo, Republic of the|Republic of the Congo|Congo|Congo-Brazzaville
CH Switzerland
CI Cote d Ivoire|Cote d'Ivoire|Côte d'Ivoire|Côte d’Ivoire|Ivory Coast
CK Cook Islands
CL Chile
CM Cameroon
CN China|People's Republic of China|China, People's Republic of|PRC
CO Colombia
CR Costa Rica
CU Cuba
CV Cabo Verde|Cape Verde
CW Curacao|Curaçao
CX Christmas Island
CY Cyprus|Republic of Cyprus
CZ Czech Republic|Czechia
DE Germany
DJ Djibouti
DK Denmark
DM Dominica
DO Dominican Republic
DZ Algeria
EC Ecuador
EE Estonia
EG Egypt
EH Western Sahara
ER Eritrea
ES Spain
ET Ethiopia
FI Finland
FJ Fiji
FK Falkland Islands|Falkland Islands (Malvinas)
FM Micronesia|Micronesia, Federated States of|Federated States of Micronesia
FO Faroe Islands|Faeroe Islands
FR France
GA Gabon
GB United Kingdom|United Kingdom of Great Britain and Northern Ireland|Great Britain|England|Scotland|Wales|Northern Ireland
GD Grenada
GE Georgia
GF French Guiana
GG Guernsey
GH Ghana
GI Gibraltar
GL Greenland
GM The Gambia|Gambia|Gambia, The
GN Guinea
GP Guadeloupe
GQ Equatorial Guinea
GR Greece
GS South Georgia and the South Sandwich Islands
GT Guatemala
GU Guam
GW Guinea-Bissau
GY Guyana
HK Hong Kong|Hong Kong SAR|Hong Kong, China
HM Heard Island and McDonald Islands
HN Honduras
HR Croatia
HT Haiti
HU Hungary
ID Indonesia
IE Ireland
IL Israel
IM Man, Isle of|Isle of Man
IN India
IO British Indian Ocean Territory
IQ Iraq
IR Iran|Iran, Islamic Republic of|Iran (Islamic Republic of)|Islamic Republic of Iran
IS Iceland
IT Italy
JE Jersey
JM Jamaica
JO Jordan
JP Japan
KE Kenya
KG Kyrgyzstan|Kyrgyz Republic
KH Cambodia
KI Kiribati
KM Comoros|Union of the Comoros
KN Saint Kitts and Nevis|St. Kitts and Nevis|St. Kitts & Nevis|Saint Kitts & Nevis
KP Korea, North|North Korea|Democratic People's Republic of Korea|Democratic People’s Republic of Korea|Korea, Democratic People's Republic of|DPRK
KR Korea, South|South Korea|Republic of Korea|Korea, Republic of
KW Kuwait
KY Cayman Islands
KZ Kazakhstan
LA Laos|Lao People's Democratic Republic
LB Lebanon
LC Saint Lucia|St. Lucia
LI Liechtenstein
LK Sri Lanka
LR Liberia
LS Lesotho
LT Lithuania
LU Luxembourg
LV Latvia
LY Libya|Libyan Arab Jamahiriya
MA Morocco
MC Monaco
MD Moldova|Moldova, Republic of|Republic of Moldova
ME Montenegro
MF Saint Martin|Saint Martin (French part)
MG Madagascar
MH Marshall Islands
MK North Macedonia, The Republic of|North Macedonia|Macedonia|Macedonia, The Former Yugoslav Republic of
ML Mali|Northern Mali
MM Burma|Myanmar|Myanmar (Burma)|Myanmar/Burma|Burma (Myanmar)
MN Mongolia
MO Macau|Macao
MP Northern Mariana Islands
MQ Martinique
MR Mauritania
MS Montserrat
MT Malta
MU Mauritius
MV Maldives
MW Malawi
MX Mexico
MY Malaysia
MZ Mozambique
NA Namibia
NC New Caledonia
NE Niger
NF Norfolk Island
NG Nigeria
NI Nicaragua
NL Netherlands|Kingdom of the Netherlands|Holland
NO Norway
NP Nepal
NR Nauru
NU Niue
NZ New Zealand
OM Oman
PA Panama
PE Peru
PF French Polynesia
PG Papua New Guinea
PH Philippines
PK Pakistan
PL Poland
PM Saint Pierre and Miquelon
PN Pitcairn|Pitcairn Islands
PR Puerto Rico
PS Palestinian|Palestine|State of Palestine|Palestine, State of|Palestinian Territory|Palestinian Territories|Palestinian Authority|Occupied Palestinian Territory|West Bank|Gaza|Gaza Strip|North Gaza|Northern Gaza|West Bank and Gaza
PT Portugal
PW Palau
PY Paraguay
QA Qatar
RE Reunion|Réunion
RO Romania
RS Serbia|Republic of Serbia
RU Russia|Russian Federation
RW Rwanda
SA Saudi Arabia
SB Solomon Islands
SC Seychelles
SD Sudan
SE Sweden
SG Singapore
SH Saint Helena|Saint Helena, Ascension and Tristan da Cunha
SI Slovenia
SJ Svalbard and Jan Mayen
SK Slovakia|Slovak Republic
SL Sierra Leone
SM San Marino
SN Senegal
SO Somalia
SR Suriname
SS South Sudan
ST Sao Tome and Principe|São Tomé and Príncipe
SV El Salvador
SX Sint Maarten|Sint Maarten (Dutch part)
SY Syria|Syrian Arab Republic
SZ Eswatini|Swaziland
TC Turks and Caicos Islands
TD Chad
TF French Southern Territories
TG Togo
TH Thailand
TJ Tajikistan
TK Tokelau
TL Timor-Leste|East Timor
TM Turkmenistan
TN Tunisia
TO Tonga
TR Turkey|Türkiye|Turkiye|Republic of Türkiye|Republic of Turkey
TT Trinidad and Tobago|Trinidad & Tobago
TV Tuvalu
TW Taiwan|Taiwan, Province of China
TZ Tanzania|Tanzania, United Republic of|United Republic of Tanzania
UA Ukraine|Crimea|Crimea (occupied)|Donetsk|Luhansk
UG Uganda
UM United States Minor Outlying Islands
US United States|United States of America|USA|U.S.A.|U.S.
UY Uruguay
UZ Uzbekistan
VA Holy See|Vatican City|Vatican City State
VC Saint Vincent and the Grenadines|St. Vincent and the Grenadines|St. Vincent & the Grenadines
VE Venezuela|Venezuela, Bolivarian Republic of|Venezuela (Bolivarian Republic of)
VG Virgin Islands, British|British Virgin Islands|Virgin Islands (British)
VI Virgin Islands, U.S.|U.S. Virgin Islands|Virgin Islands (U.S.)
VN Vietnam|Viet Nam
VU Vanuatu
WF Wallis and Futuna
WS Samoa
XK Kosovo
YE Yemen
YT Mayotte
ZA South Africa
ZM Zambia
ZW Zimbabwe
`
