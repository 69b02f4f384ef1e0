package normalize

// placeWords are countries, and cities and regions trade passes through, in several
// languages and as adjectives, from general knowledge.
const placeWords = `
place russia: russia; russian; russian federation; rossiya; rossii; rossiysk~; россия; россии; российск~; rossiiskoy federatsii; российской федерации; российская федерация; rusya; rusia; russie; russland; rus; russkaya; russk~; русск~; rf; рф; 俄罗斯; روسيا; روسیه; росія; росії; rosiya; rossi; ross
place belarus: belarus; belarusian; belorussian; беларусь; беларуси; беларусі; белорус~; беларуск~; byelorussian; respubliki belarus; republic of belarus; beyaz rusya; belarusi; belorussia; bel
place ukraine: ukraine; ukrainian; ukraina; украина; украины; україна; україни; ukrain~; украин~; україн~
place crimea: crimea; crimean; krym; крым; крыма; крим; крыму; krymsk~; крымск~; кримськ~; kirim; republic of crimea; respublika krym; республика крым; respublike krym; kryma
place donetsk: donetsk; donetsk people s republic; dnr; днр; донецк; донецка; донецьк; донецк~; donetsk~; donbass; donbas; донбасс; donyetsk
place luhansk: luhansk; lugansk; luhansk people s republic; lnr; лнр; луганск~; луганськ~; lugansk~; luhansk~
place moscow: moscow; moskva; москва; москвы; moskovsk~; московск~; moskau; moskova; mosco; moskvy; mos
place petersburg: petersburg; saint petersburg; st petersburg; sankt peterburg; санкт петербург; санкт петербурга; peterburg; spb; спб; petersburgsk~; петербург~; leningrad; leningrad~; ленинград~; saint peterburg; st peterburg; sankt petersburg
place kazan: kazan; казань; казанск~; kazansk~
place ural: ural; урал; уральск~; uralsk~; urals; uralskiy
place siberia: siberia; siberian; sibir; сибирь; сибирск~; sibirsk~
place novosibirsk: novosibirsk; новосибирск; новосибирск~; novosibirsk~
place yekaterinburg: yekaterinburg; ekaterinburg; екатеринбург; екатеринбург~; ekaterinburg~; yekaterinburg~
place samara: samara; самара; самарск~; samarsk~; samar
place tula: tula; тула; тульск~; tulsk~
place perm: perm; пермь; пермск~; permsk~
place omsk: omsk; омск; омск~; omsk~
place tomsk: tomsk; томск; томск~; tomsk~
place ryazan: ryazan; рязань; рязанск~; ryazansk~; riazan; riazansk~
place rostov: rostov; ростов; ростовск~; rostovsk~; rostov on don; ростов на дону; rostov na donu
place volgograd: volgograd; волгоград; волгоградск~; volgogradsk~
place saratov: saratov; саратов; саратовск~; saratovsk~
place chelyabinsk: chelyabinsk; челябинск; челябинск~; cheliabinsk; chelyabinsk~
place izhevsk: izhevsk; ижевск; ижевск~; izhevsk~
place nizhny novgorod: nizhny novgorod; нижний новгород; nizhegorod~; нижегородск~; nizhniy novgorod; nizhni novgorod; nizhnii novgorod
place novgorod: novgorod; новгород; новгородск~; novgorodsk~
place vladivostok: vladivostok; владивосток; владивосток~; vladivostoksk~
place kaliningrad: kaliningrad; калининград; калининградск~; kaliningradsk~
place sevastopol: sevastopol; севастополь; севастопол~; sevastopolsk~
place chechnya: chechnya; chechen; chechensk~; чечня; чеченск~; chechenya; chechenskaya
place tatarstan: tatarstan; татарстан; татарск~; tatar; republic of tatarstan
place volga: volga; волга; волжск~; volzhsk~; povolzh~
place don: donskoy; донской; донск~; donsk~
place kuban: kuban; кубань; кубанск~; kubansk~; krasnodar; краснодар; краснодарск~; krasnodarsk~
place far east: far eastern; far east; dalnevostochn~; дальневосточн~
place north: north; northern; severn~; северн~; север; sever; kuzey; shomal; شمال; norte; nord; 北方; northwest; severo; северо
place south: south; southern; yuzhn~; южн~; yug; юг; guney; jonub; جنوب; sur; sud; nam; janoub; yugo
place east: east; eastern; vostochn~; восточн~; vostok; восток; dogu; shargh; sharq; shargh; شرق; este; ost; mashreq; 东方; 동방; tongbang
place west: west; western; zapadn~; западн~; zapad; запад; bati; gharb; غرب; oeste
place iran: iran; iranian; irani; ایران; إيران; иран; иранск~; iransk~; persian; persia; irane; iranien; farsi; 伊朗; islamic republic of iran; jomhouri eslami iran; jomhuri eslami iran
place tehran: tehran; teheran; tehrani; تهران; طهران; тегеран
place isfahan: isfahan; esfahan; اصفهان; isfahani; esfahani
place shiraz: shiraz; شیراز
place syria: syria; syrian; سوريا; السورية; سورية; سوریه; suriye; suriya; souria; souriya; сирия; сирийск~; siria; syrienne; syrie; sham; الشام; syrian arab republic; levant
place damascus: damascus; dimashq; دمشق; damas; damascene; sam damascus
place lebanon: lebanon; lebanese; لبنان; اللبنانية; liban; libanaise; lubnan; lubnani; lubnaniyah; libano
place iraq: iraq; iraqi; عراق; العراق; العراقية; irak; iraqiya; ирак
place yemen: yemen; yemeni; اليمن; يمن; yaman; yemenite; yamani; йемен
place libya: libya; libyan; ليبيا; الليبية; libia; libye; lybia; ливия
place egypt: egypt; egyptian; مصر; المصرية; masr; misr; misir
place palestine: palestine; palestinian; فلسطين; الفلسطينية; filistin; falastin; filastin; palestina
place gaza: gaza; غزة; gazze; ghazzah
place afghanistan: afghanistan; afghan; افغانستان; أفغانستان; afganistan; afghani; афган~
place pakistan: pakistan; pakistani; پاکستان; باكستان
place emirates: united arab emirates; uae; u a e; emirates; emirati; الإمارات; الامارات; امارات; bae; birlesik arap emirlikleri
place dubai: dubai; dubayy; دبي; دبی; дубай; doubai
place sharjah: sharjah; الشارقة; sharja
place saudi: saudi; saudi arabia; السعودية; ksa; suudi; saudi arabian
place qatar: qatar; قطر; katar; qatari
place kuwait: kuwait; الكويت; kuveyt; kuwaiti
place turkey: turkey; turkish; turkiye; turk; türk; تركيا; ترکیه; турция; турецк~; turkei; turquie; turkei; turquia; turkiye cumhuriyeti
place istanbul: istanbul; стамбул; اسطنبول; estanbul; ist; stambul; constantinople
place ankara: ankara; анкара
place izmir: izmir; измир
place china: china; chinese; zhongguo; 中国; 中國; cin; китай; китайск~; الصين; چین; chine; prc; peoples republic of china; people s republic of china; 중국; chungguk; kitai; chin; çin; sino; zhonghua; 中华; zhong
place beijing: beijing; peking; 北京; пекин; pekin
place shanghai: shanghai; 上海; шанхай; sanghay
place shenzhen: shenzhen; 深圳; шэньчжэнь; shenzen; shen zhen
place guangzhou: guangzhou; 广州; canton; guang zhou; 廣州
place guangdong: guangdong; 广东; kwangtung; 廣東
place hong kong: hong kong; hongkong; hk; 香港; гонконг; h k; xianggang; hongkong sar; hkg; hk sar
place taiwan: taiwan; 台湾; 臺灣; 台灣; taiwanese; roc; taipei; 台北
place tianjin: tianjin; 天津; tientsin
place wuhan: wuhan; 武汉
place xian: xian; xi an; 西安
place chengdu: chengdu; 成都
place nanjing: nanjing; 南京; nanking
place hangzhou: hangzhou; 杭州
place suzhou: suzhou; 苏州
place xiamen: xiamen; 厦门; amoy
place dalian: dalian; 大连
place qingdao: qingdao; 青岛; tsingtao
place shandong: shandong; 山东
place jiangsu: jiangsu; 江苏
place zhejiang: zhejiang; 浙江
place sichuan: sichuan; 四川; szechuan
place heilongjiang: heilongjiang; 黑龙江; 黑龙江省; heilongjiang province
place harbin: harbin; 哈尔滨; haerbin
place xinjiang: xinjiang; 新疆; sinkiang; sincan
place hebei: hebei; 河北
place henan: henan; 河南
place hubei: hubei; 湖北
place hunan: hunan; 湖南
place fujian: fujian; 福建
place anhui: anhui; 安徽
place shaanxi: shaanxi; 陕西
place chongqing: chongqing; 重庆
place dongguan: dongguan; 东莞
place ningbo: ningbo; 宁波
place macau: macau; macao; 澳门
place korea: korea; korean; choson; chosun; joseon; 조선; 한국; 朝鲜; dprk; корея; корейск~; kore; coree; corea; democratic people s republic of korea; hanguk; 대한; taehan; daehan; rok; dpr korea
place pyongyang: pyongyang; 평양; p yongyang; phyongyang; пхеньян
place japan: japan; japanese; nippon; nihon; 日本; япония; японск~; japon; جاپان; ژاپن
place india: india; indian; bharat; hindustan; индия; индийск~; hindistan; الهند; هند
place vietnam: vietnam; viet nam; vietnamese; вьетнам
place singapore: singapore; сингапур; singapur; singapore pte
place malaysia: malaysia; malaysian; малайзия
place germany: germany; german; deutschland; deutsche; deutscher; германия; almanya; allemagne; alman; germania
place france: france; french; francaise; francais; франция; fransa; francia; fransiz
place italy: italy; italian; italia; italiana; италия; italya; italie
place spain: spain; spanish; espana; española; espanola; испания; ispanya; espagne; iberia
place england: united kingdom; uk; u k; great britain; england; british; britain; великобритания; ingiltere; gb
place america: america; american; americas; usa america; amerika; америка; американск~; amerikan
place europe: europe; european; europa; europeenne; европа; европейск~; avrupa; euro; evro; евро; eurasia; eurasian; evraziysk~; евразийск~; avrasya
place asia: asia; asian; asya; азия; азиатск~; asiatic; aziya; آسیا; 亚洲; asia pacific
place africa: africa; african; afrika; африка; afrique
place cyprus: cyprus; kipr; кипр; kibris; chypre; cypriot
place georgia: georgia country; sakartvelo; грузия; gurcistan; georgian
place armenia: armenia; armenian; армения; ermenistan; hayastan
place azerbaijan: azerbaijan; azerbaycan; azerbaijani; азербайджан~
place kazakhstan: kazakhstan; kazakh; казахстан~; qazaqstan; kazakistan; kazakhstani
place kyrgyzstan: kyrgyzstan; kyrgyz; киргиз~; кыргыз~; kirgizistan
place uzbekistan: uzbekistan; uzbek; узбек~; ozbekistan; ozbek
place tajikistan: tajikistan; tajik; таджик~; tacikistan
place turkmenistan: turkmenistan; turkmen; туркмен~
place mexico: mexico; mexican; mexicana; mexicano; méxico; мексика; mejico
place colombia: colombia; colombian; colombiana; colombiano
place venezuela: venezuela; venezuelan; venezolana; venezolano; bolivarian; bolivariana
place cuba: cuba; cuban; cubana; cubano; куба
place nicaragua: nicaragua; nicaraguan; nicaraguense
place myanmar: myanmar; burma; burmese; мьянма
place sudan: sudan; sudanese; السودان; soudan
place somalia: somalia; somali; الصومال; soomaaliya; somaliland
place algeria: algeria; algerian; الجزائر; algerie; algerienne
place morocco: morocco; moroccan; المغرب; maroc; marocaine
place tunisia: tunisia; tunisian; تونس; tunisie; tunisienne
place jordan: jordanian; الأردن; الاردن; urdun
place malta: malta; maltese
place latvia: latvia; latvian; латвия; latvija; latvijas
place lithuania: lithuania; lithuanian; литва; lietuva; lietuvos
place estonia: estonia; estonian; эстония; eesti
place serbia: serbia; serbian; сербия; srbija; srpska; republika srpska
place bosnia: bosnia; bosnian; herzegovina; bosna
place moldova: moldova; moldovan; молдова; moldavia
place poland: poland; polish; polska; polski; польша
place caucasus: caucasus; caucasian; kavkaz; кавказ; кавказск~; kavkazsk~; kafkas
place baltic: baltic; baltiysk~; балтийск~; baltik; baltii; балтика; baltika
place black sea: black sea; chernomorsk~; черноморск~; karadeniz
place caspian: caspian; kaspi~; каспи~; hazar; khazar; خزر
place kish: kish; kish island; jazireh kish
place qeshm: qeshm; gheshm; قشم
place pars: pars; fars; پارس
place murom: murom; муром; муромск~; muromsk~
place irkutsk: irkutsk; иркутск; иркутск~; irkutsk~; irkut
place khabarovsk: khabarovsk; хабаровск; хабаровск~; khabarovsk~
place ulyanovsk: ulyanovsk; ульяновск; ульяновск~; ulyanovsk~
place penza: penza; пенза; пензенск~; penzensk~
place yaroslavl: yaroslavl; ярославль; ярославск~; yaroslavsk~; yaroslav plant
place tver: tver; тверь; тверск~; tversk~
place kaluga: kaluga; калуга; калужск~; kaluzhsk~
place smolensk: smolensk; смоленск; смоленск~; smolensk~
place kursk: kursk; курск; курск~; kursk~
place voronezh: voronezh; воронеж; воронежск~; voronezhsk~
place ufa: ufa; уфа; уфимск~; ufimsk~
place bashkir: bashkir; bashkortostan; башкирск~; bashkirsk~; башкортостан
place taganrog: taganrog; таганрог; таганрогск~; taganrogsk~
place orsha: orsha; орша; оршанск~; orshansk~
place minsk: minsk; минск; минск~; minsk~; мінск
place gomel: gomel; homel; гомель; гомельск~; gomelsk~
place vitebsk: vitebsk; витебск; витебск~; vitebsk~
place grodno: grodno; hrodna; гродно; гродненск~; grodnensk~
place brest: brest; брест; брестск~
place pskov: pskov; псков; псковск~; pskovsk~
place arkhangelsk: arkhangelsk; архангельск; архангельск~; arkhangelsk~
place murmansk: murmansk; мурманск; мурманск~; murmansk~
place dubna: dubna; дубна; dubnensk~; дубненск~; dubninsk~
place zelenograd: zelenograd; зеленоград; зеленоградск~; zelenogradsk~
place skolkovo: skolkovo; сколково; сколковск~; skolkovsk~
place krasnogorsk: krasnogorsk; красногорск; красногорск~; krasnogorsk~
place krasnoyarsk: krasnoyarsk; красноярск; красноярск~; krasnoyarsk~
place altai: altai; altay; алтай; алтайск~; altaysk~
place kyiv: kyiv; kiev; киев; київ; киевск~; kievsk~; kyivsk~
place kharkiv: kharkiv; kharkov; харьков; харків; харьковск~
place odesa: odesa; odessa; одесса; одеса; odessk~
place tbilisi: tbilisi; тбилиси
place yerevan: yerevan; erevan; ереван
place baku: baku; баку; baki
place almaty: almaty; алматы; alma ata
place bishkek: bishkek; бишкек
place tashkent: tashkent; ташкент; toshkent
place gulf: gulf; khalij; khalij fars; persian gulf; الخليج; خلیج; خلیج فارس; khalij e fars; khalije fars
`

// vesselPrefixes stand before ships' names.
const vesselPrefixes = `
title mv: mv; m v; mt; m t; ms al; ss; s s; mts; fv; f v; lpg c; lng c; motor vessel; motor tanker; steam ship; т х; тх; mt tanker
`

// numerals are counting words and Roman numerals.
const numerals = `
number 1: 1; 01; 001; 1st; one; first; bir; uno; pervyy; первый; birinci; ⅰ
number 2: 2; 02; ii; 002; 2nd; two; second; iki; dos; vtoroy; второй; ikinci; ⅱ
number 3: 3; 03; iii; 3rd; three; third; uc; tres; tretiy; третий; ucuncu
number 4: 4; 04; iv; 4th; four; fourth; dort; cuatro; chetvertyy; четвертый; dorduncu
number 5: 5; 05; 5th; five; fifth; bes; cinco; pyatyy; pyaty; пятый; besinci
number 6: 6; 06; vi; 6th; six; sixth; alti; seis; shestoy; шестой
number 7: 7; 07; vii; 7th; seven; seventh; yedi; siete; sedmoy; седьмой
number 8: 8; 08; viii; 8th; eight; eighth; sekiz; ocho; vosmoy; восьмой
number 9: 9; 09; ix; 9th; nine; ninth; dokuz; nueve; devyatyy; девятый
number 10: 10; 10th; ten; tenth; diez; desyatyy; десятый
number 11: 11; xi; 11th; eleven; eleventh
number 12: 12; xii; 12th; twelve; twelfth
number 13: 13; xiii; 13th; thirteen; thirteenth
number 14: 14; xiv; 14th; fourteen
number 15: 15; xv; 15th; fifteen
number 16: 16; xvi; 16th; sixteen
number 17: 17; xvii; 17th; seventeen
number 18: 18; xviii; 18th; eighteen
number 19: 19; xix; 19th; nineteen
number 20: 20; xx; 20th; twenty; twentieth
`
