package normalize

// peopleWords are particles, titles, and given names that are one name in several
// spellings or languages, and common short forms of them, from general knowledge.
// "slavic" names also make patronymics.
const peopleWords = `
particle son of: bin; ibn; ben; bn; oglu; ogly; ugli; uulu; kyzy; kizi; qizi; binti; bint; بن; ابن; بنت; оглы; оглу; кызы; ould; wuld; walad; weld; b
particle article: al; el; ul; ol; ur; ud; us; as; ash; az; an; ad; at; ar; ال; аль; эль; the
particle father of: abu; abou; abo; abi; abd abu; ابو; أبو; أبي; ابی; абу; ebu; umm; um; ام; أم; умм
particle of: de; del; de la; de los; de las; da; do; dos; das; di; du; van; von; der; den; ter; ten; le; la; e; y; i; ze; zu; af; av; vom; zum; des; van der; van den; von der; della; dello; lo; фон; ван
particle and: and; wa; ve; und; et; و; и; і
title mr: mr; mrs; ms; miss; sir; lady; lord; dr; doctor; doktor; prof; professor; eng; engineer; ing; muhandis; muhandes; mohandes; gen; general; maj; major; col; colonel; lt; lieutenant; capt; captain; cpt; brig; brigadier; brigadier general; major general; lieutenant general; adm; admiral; sgt; sergeant; commander; comandante; president; minister; judge; sheikh; shaykh; sheik; shaikh; cheikh; shekh; cheik; шейх; شيخ; شیخ; الشيخ; hajji; haji; hajj; hadji; hadj; hojat; حاجی; حاجي; الحاج; mullah; mulla; mullo; molla; ملا; мулла; mawlawi; maulavi; moulavi; mawlavi; maulawi; molvi; مولوی; maulana; mawlana; maulvi; مولانا; qari; кари; قاری; hafiz; hafez; imam; ayatollah; ayatullah; hojatoleslam; hojjatoleslam; sayyid; sayed; sayyed; seyed; seyyed; syed; saiyid; sayid; سيد; سید; السيد; sardar; ustad; ustaz; ustadh; доктор; генерал; полковник; don; dona; senor; senora; herr; frau; monsieur; madame; mme; rev; reverend; father; bishop; u; daw; his excellency; he; hon; honorable; emir; jr; junior; sr; senior; esq; phd; md; bey; pasha; efendi; hanim; the honourable
given muhammad: muhammad; mohammad; mohammed; mohamed; muhammed; mohamad; mohamud; mohammod; muhamad; muhamed; mehmed; mehmet; mohd; muhd; md; muhammet; mukhammad; mukhammed; magomed; mahomed; mukhamed; mokhammad; mohamet; mamadou; mohmmad; muhammadu; mahammad; mehemmed; магомед; мухаммад; мухаммед; мохаммад; мохаммед; محمد; محمّد; محمّ; moxamed; maxamed; mohammud; muhamet; mohammand
given ahmad: ahmad; ahmed; akhmad; akhmed; ahmet; achmad; akhmat; احمد; أحمد; ахмед; ахмад; axmed; ehmed; amad
given ali: ali; aly; علی; علي; али; aliy; eli
given hasan: hasan; hassan; hasen; hassen; hacen; хасан; гасан; حسن; xasan; gasan; khasan; khassan
given husayn: husayn; hussein; hossein; husein; hussain; husain; hossain; hoseyn; hosein; houssein; hussien; huseyin; huseyn; hosseyn; хусейн; хусаин; гусейн; حسین; حسين; khusein; khussein; khusain; guseyn; gusein; houcine; xuseen; hocine; husseyn
given abdullah: abdullah; abdallah; abdulla; abdollah; abdalla; abdellah; abdulah; abdullahi; عبدالله; عبد الله; عبدلله; عبد لله; абдулла; абдуллах; abd allah; abd ullah; abdilahi; abdellahi
given abd: abd; abdul; abdal; abdel; abdol; abdoul; abdu; عبد; عبدال; абдул; абд; abd el; abd ul; abd ol; abdur; abdus; abduh; abed
given rahman: rahman; rehman; rahmaan; rahmane; رحمن; الرحمن; рахман; rakhman
given abdulrahman: abdulrahman; abdurrahman; abdelrahman; abdulrehman; abdrahman; abdourahmane; abderrahmane; abdirahman; abdurahman; عبدالرحمن; абдулрахман; абдурахман; abdurrehman; abderahmane; abdulrakhman; abdurakhman; abd al rahman; abd ar rahman; abdul rahman; abdel rahman; abdur rahman; abd el rahman; abdul rehman; abdur rehman; abd alrahman
given aziz: aziz; azeez; عزیز; عزيز; азиз
given ibrahim: ibrahim; ebrahim; ibraheem; brahim; ابراهیم; إبراهيم; ابراهيم; ибрагим; ибрахим; ibragim; ibrohim; ebrahem; avraham; abraham; avram; abram
given yusuf: yusuf; yousef; youssef; yousuf; yusef; yousif; youcef; yussef; yusif; юсуф; юсеф; يوسف; یوسف; iusuf; yosef; joseph; jose; giuseppe; josef; jozef; iosif; osip; yosif; иосиф; йосип; yosyp; osyp; josip; pepe
given umar: umar; omar; omer; oumar; عمر; умар; омар; umer; омер
given usman: usman; osman; othman; uthman; ousmane; osmane; عثمان; усман; осман; utman; athman; cusmaan
given khalid: khalid; khaled; halid; khaleed; خالد; халид; халед; xaalid; chalid
given mahmud: mahmud; mahmoud; mahmood; mehmood; makhmud; mahmut; mehmud; محمود; махмуд; maxamuud
given mustafa: mustafa; mostafa; moustafa; mustapha; moustapha; مصطفى; مصطفی; мустафа; mustafo
given hamid: hamid; hameed; حمید; حميد; хамид; khamid; abdulhamid
given said: said; saeed; saeid; seid; saied; saed; سعید; سعيد; саид; saiid; siad; sa id
given salih: salih; saleh; salah; salem saleh; صالح; салих; салех; saalih
given sulayman: sulayman; suleiman; sulaiman; soleiman; soleyman; suleyman; soliman; sulieman; سلیمان; سليمان; сулейман; sulaimon; solomon; shlomo; sulejman
given ismail: ismail; esmail; ismaeil; esmaeil; ismael; esmaeel; smail; اسماعیل; إسماعيل; اسماعيل; исмаил; ismoil; ismayil; ismaiil
given qasim: qasim; kasim; qasem; ghasem; kassem; kasem; qassem; qassim; kassim; gasim; قاسم; касим; касем; gasem; ghassem; casim
given jafar: jafar; jaafar; jaffar; cafer; jafer; جعفر; джафар; dzhafar; djafar; gafar; jafaar
given javad: javad; jawad; djavad; jewad; cevat; جواد; джавад; dzhavad; jowad; gawad
given reza: reza; riza; rida; ridha; reda; رضا; реза; риза; redha; ridah
given hadi: hadi; hady; هادی; هادي; хади
given mahdi: mahdi; mehdi; mahdy; مهدی; مهدي; махди; мехди; makhdi; mehdy
given musa: musa; mousa; moosa; moussa; موسی; موسى; муса; moshe; mose; moses; moisey; moisei; moises
given isa: isa; issa; eissa; eisa; عیسی; عيسى; иса; essa; ciise
given yahya: yahya; yahia; yehia; yehya; یحیی; يحيى; яхья; yakhya; yakh ya; ihya; yiahia
given yaqub: yaqub; yaqoub; yaghoub; yakub; yacoub; yakoub; یعقوب; يعقوب; якуб; yaqoob; jacob; yakov; iakov; jakob; jacobo; jakub; yaakov; яков; yakiv; яків
given ishaq: ishaq; eshaq; ishak; eshagh; isaac; isaak; اسحاق; إسحاق; исхак; iskhak; itzhak; yitzhak; isak
given karim: karim; kareem; kerim; کریم; كريم; карим
given rashid: rashid; rasheed; rachid; rasheid; رشید; رشيد; рашид; reshid; rasit; rashed
given nasir: nasir; nasser; naser; nassir; naseer; nacer; ناصر; насир; насер; nasr; nosir
given majid: majid; majeed; madjid; мажид; маджид; مجید; مجيد; macit; mecid; majed; madzhid; magid
given amir: amir; ameer; emir; امیر; أمير; амир; amer
given jamal: jamal; gamal; djamel; jamel; cemal; djamal; jemal; جمال; джамал; dzhamal; camal; zhamal
given kamal: kamal; kamel; kemal; kamil; کمال; كمال; камал; камиль
given faisal: faisal; faysal; feisal; faycal; faizal; faysel; fayssal; فیصل; فيصل; фейсал; feysal
given hashim: hashim; hashem; hachem; هاشم; хашим; khashim; haashim
given bilal: bilal; belal; بلال; билал
given anwar: anwar; anvar; enver; انور; أنور; анвар; anouar; anuar
given iqbal: iqbal; ikbal; eqbal; اقبال; إقبال; eghbal
given akbar: akbar; اکبر; أكبر; акбар; ekber
given fatima: fatima; fatemeh; fatimah; fatma; fatimeh; fateme; فاطمة; فاطمه; фатима; fadumo; fatimat
given zaynab: zaynab; zainab; zeinab; zeynab; zeynep; زینب; زينب; зейнаб; zineb
given maryam: maryam; mariam; meryem; maryem; miriam; مریم; مريم; марьям; mariyam
given aisha: aisha; ayesha; aysha; aicha; عائشة; عایشه; аиша; ayse; aysheh
given hizballah: hizballah; hizbullah; hezbollah; hizbollah; hezballah; hezbullah; حزب الله; hizb allah; хезболла; хизбалла
given allah: allah; ullah; ollah; الله; لله; аллах
given din: din; deen; uddin; eddine; addin; aldin; ed din; el din; al din; ud din; ad din; eddin; ud deen; eldin; eddeen; الدین; الدين; addine; дин; ддин
given qadir: qadir; qader; kader; kadir; ghader; qadeer; gader; قادر; кадир; кадер; القادر; gadir
given salam: salam; salaam; selam; سلام; السلام; салам
given latif: latif; lateef; لطیف; لطيف; латиф; letif
given jalil: jalil; jaleel; djalil; celil; جلیل; جليل; dzhalil; джалил; zhalil; galil
given wahid: wahid; vahid; waheed; wahed; واحد; وحید; вахид; vakhid
given habib: habib; habeeb; حبیب; حبيب; хабиб; khabib
given alexander: alexander; aleksandr; aleksander; alexandr; aleksandar; oleksandr; alyaksandr; aliaksandr; alexandre; alessandro; alejandro; alexandros; iskander; iskandar; eskandar; sandor; aleksander; sasha; sascha; александр; олександр; аляксандр; alexandru; alexsandr; aliaksander; alaksandr; aleksanteri
given alexandra: alexandra; aleksandra; oleksandra; alyaksandra; aliaksandra; alejandra; alessandra; александра; олександра
given aleksey: aleksey; alexey; alexei; aleksei; oleksiy; oleksii; aliaksei; alyaksey; alexis; alexej; aleksej; alyosha; олексій; алексей; аляксей; olexiy; oleksij; aliaxey; alexy; olexii
given andrey: andrey; andrei; andriy; andrii; andrej; andrew; andreas; andre; andres; andrzej; ondrej; andrea; andras; андрей; андрій; андрэй; andrij; anders; andzhey; andry; andreu; andy; drew
given anatoly: anatoly; anatoli; anatoliy; anatolii; anatolij; анатолий; анатолій; анатоль; anatol; anatole; anatolie
given anton: anton; antony; anthony; antonio; antoine; antun; anthonius; антон; antonius; tony; toni
given arkady: arkady; arkadiy; arkadii; arkadi; arkadij; аркадий; аркадій
given artem: artem; artyom; artiom; artemy; artemiy; арtem; артем; артём; artsiom; арцём; artsem
given boris: boris; borys; борис; барыс; barys
given vadim: vadim; vadym; вадим; вадзім; vadzim; wadim
given valentin: valentin; valentyn; валентин; валянцін; valiantsin; valentine; valyantsin; walentin
given valery: valery; valeriy; valerii; valeri; valerij; валерий; валерій; валерый; valerie; valeriu; valeryi
given vasily: vasily; vasiliy; vasilii; vasyl; vasil; vassily; vasili; vasyly; wassili; василий; василь; васіль; basil; vassili; vasilij; vassil; vasile
given viktor: viktor; victor; віктар; виктор; віктор; viktar; vitor; wiktor; viktors
given vitaly: vitaly; vitaliy; vitalii; vitali; vitalij; виталий; віталій; віталь; vital; vitalie; witaly
given vladimir: vladimir; volodymyr; uladzimir; wladimir; vladimer; wolodymyr; ladislav; владимир; володимир; уладзімір; wladimir; vladymyr; volodimir; ulazimir; vova; vladmir; bladimir; volodia
given vladislav: vladislav; vladyslav; uladzislau; wladislaw; владислав; уладзіслаў; ladislav; wladyslaw; uladzislav; vladislavs
given vyacheslav: vyacheslav; viacheslav; vjaceslav; vacheslav; вячеслав; вячаслаў; viachaslau; viatcheslav; wjatscheslaw; вʼячеслав; vyachaslau; vyacheslaw
given gennady: gennady; gennadiy; gennadii; hennadiy; hennadii; gennadi; guennady; guennadi; henadz; геннадий; геннадій; генадзь; hienadz; genadij; genady; genadi; guennadiy; gennadij; henadzi; hennady; gennadie; guennadii
given georgy: georgy; georgiy; georgii; heorhiy; heorhii; georgi; georgij; george; georges; jorge; georg; giorgi; гeorгий; георгий; георгій; георгій; heorhi; giorgio; gheorghe; jorg; juergen; jurgen; gheorghiy; gorgi; giorgos; georgios
given grigory: grigory; grigoriy; grigorii; hryhoriy; hryhorii; grigori; gregory; gregor; gregorio; ryhor; hrihoriy; григорий; григорій; рыгор; greg; grigorij; grygoriy; grzegorz; hrigory; grigorios; hrygoriy
given denis: denis; denys; dzianis; dennis; денис; дзяніс; dionisio; dzyanis; dyonisius
given dmitry: dmitry; dmitriy; dmitrii; dmytro; dmitri; dzmitry; dimitri; dimitry; dimitrij; dmitrij; dimitrios; дмитрий; дмитро; дмітрий; дзмітрый; dimitriy; dzmitri; dimitar; dzmitryi; dmytriy; dmytri; demetrius; demetrio; dima; dimitris; dumitru; dymytriy
given yevgeny: yevgeny; evgeny; evgeniy; yevgeniy; evgenii; yevgenii; yevhen; yevheniy; yevhenii; eugene; eugeny; evgueni; evgeni; ievgen; ievgenii; evgenij; евгений; євген; яўген; yauhen; yauheni; yawhen; eugen; eugenio; jewgeni; yevgeni; євгеній; yauhenii; evgen; yevgen; eugeniusz; yeugeny; evguenii; evgheni
given yegor: yegor; egor; yehor; iegor; jegor; егор; єгор; ягор; yahor
given ivan: ivan; iwan; иван; іван; ioan; ion; john; johann; johannes; jan; juan; jean; giovanni; joao; yohanes; hans; jon; johan; johnny; ian; sean; ivans; yan; ян; ionut; janos; juhani; yannis; ioannis; giannis; jack; ванька; hannes; vanya
given igor: igor; ihor; ihar; игорь; ігор; ігар; ігорь
given ilya: ilya; ilia; illia; illya; ilja; elias; elijah; илья; ілля; ілья; ilias; ilyas; iliya; eliahu; eliyahu; илия; ил ия
given kirill: kirill; kyrylo; kiril; kirill; kyril; cyril; кирилл; кирило; кірыл; kiryl; kyrill; kirilo
given konstantin: konstantin; kostiantyn; kostyantyn; constantin; kanstantsin; konstantyn; constantine; konstantinos; constantino; константин; костянтин; канстанцін; konstantins; konstandin; kostya; costantino
given leonid: leonid; leanid; леонид; леонід; леанід; leonidas; leonide; leonyd
given lev: lev; лев; leo; leon; lew
given maxim: maxim; maksim; maksym; максим; максім; maxime; maximilian; maximo; maksymilian; massimo; max; maks
given mikhail: mikhail; mihail; mykhailo; mykhaylo; mikhael; michael; mikhailo; mihailo; mihajlo; michail; mikhal; михаил; михайло; міхаіл; miguel; michel; michele; michal; mihai; mihaly; mikael; mikko; mickael; mykhaylo; mykhail; michele; mike; mick; mihkel; mikayil; mikail; mikaeel; mikaeil; mixail; misha; miha; mikhayil; muhail
given nikolai: nikolai; nikolay; nikolaj; mykola; mikalai; mikalay; nicolai; nicolae; nicholas; nicolas; nikola; nikolaos; niklas; nicola; nikolas; николай; микола; мікалай; nikolaus; miklos; nicolay; nikolaus; klaus; mikola; nick; nik; colin
given oleg: oleg; oleh; aleh; олег; алег
given pavel: pavel; pavlo; pawel; pavle; paul; paulo; pablo; paolo; pavol; pal; павел; павло; павал; paval; paulus; paulius; pauli; pavels
given petr: petr; pyotr; petro; piotr; petar; peter; pedro; pierre; pietro; piatro; petros; petter; pieter; pjotr; петр; пётр; петро; пятро; butros; boutros; petteri; petru; pete; pyatro; pëtr
given roman: roman; raman; роман; раман; romain; romans
given ruslan: ruslan; руслан; rouslan
given sergey: sergey; sergei; serhiy; serhii; sergiy; siarhei; syarhey; sergej; serge; sergii; sergio; serguei; sergi; serhij; сергей; сергій; сяргей; siarhey; siarhej; sergueï; sergueii; serghei; serghiy; serj; serguey; serhey; serhei; siarheei; sjarhej; serghii
given stanislav: stanislav; stanislau; stanislaw; станислав; станіслав; станіслаў; stanislavs; stanislao; stanislas
given stepan: stepan; stepan; steven; stephen; stefan; stephan; esteban; stephane; stefano; istvan; степан; сцяпан; stjepan; stsiapan; steve; etienne; estevan; stefanos; steffen
given fyodor: fyodor; fedor; fedir; fiodor; theodore; teodor; feodor; федор; фёдор; федір; фёдар; theodor; teodoro; theodoros; fedar; feodar
given yury: yury; yuri; yuriy; yurii; iurii; iuri; iury; jurij; juri; yuryi; youri; юрий; юрій; юрый; yurij; iouri; jury; yurey; jurii; yuray; juraj; juris; iuriy; jerzy; yura
given yaroslav: yaroslav; iaroslav; jaroslav; yaraslau; ярослав; яраслаў; jaroslaw; yaraslaw; yaroslaw
given filipp: filipp; filip; philip; phillip; pylyp; felipe; philippe; filippo; филипп; пилип; піліп; pilip; philipp; phil; filippos
given timofey: timofey; timofei; tymofiy; tymofii; timothy; тимофей; тимофій; tsimafei; timotheus; timoteo; tim; timofej
given timur: timur; temur; teimur; taymuraz; тимур; teimuraz; timour; teymur
given rostislav: rostislav; rostyslav; ростислав; rastsislau
given svyatoslav: svyatoslav; sviatoslav; святослав; sviataslau
given bogdan: bogdan; bohdan; богдан; bagdan
given ignat: ignat; ihnat; ignatius; ignacio; игнат; ignacy
given pantelei: panteleimon; panteley; panteleymon
given eduard: eduard; edward; eduardo; eduards; edouard; эдуард; едуард; эдуард; edvard; ed; eddie; duarte
given robert: robert; roberto; роберт; bob; rob; bobby; robbie; rupert; роберт
given artur: artur; arthur; arturo; артур; arturs; arthuro
given ruben: ruben; reuven; rouben
given gleb: gleb; hlib; глеб; гліб; hleb
given nikita: nikita; mykyta; mikita; никита; микита; мікіта
given arseny: arseny; arseniy; arsenii; arsen; арсений; арсеній; arseni
given rodion: rodion; родион; radzivon; rodyon
given daniil: daniil; danila; danylo; daniel; danil; даниил; данило; danilo; daniele; danyil; данііл; dan; danny; daniyal; danial; danyal
given semyon: semyon; semen; simon; simeon; shimon; семен; семён; сямён; simone; semion; shimeon; siman
given tatiana: tatiana; tatyana; tetiana; tetyana; tatjana; tatsiana; татьяна; тетяна; таццяна; tatiyana; tania; tanya
given natalia: natalia; natalya; nataliya; nataliia; nataliya; natallia; natalie; nathalie; наталья; наталия; наталія; наталля; natalja; natalija; nataly; natasha
given olga: olga; olha; volha; helga; ольга; вольга; olya
given elena: elena; yelena; olena; alena; helena; helen; helene; елена; олена; алена; jelena; ielena; ellen; eleni; алёна; alyona; lena; ilona
given svetlana: svetlana; svitlana; sviatlana; swetlana; светлана; світлана; святлана; svyatlana; sveta
given irina: irina; iryna; irena; ирина; ірина; ірына; irene; iren; yryna; irine; iryne
given galina: galina; halyna; halina; галина; галіна; galyna; galya
given ekaterina: ekaterina; yekaterina; kateryna; katsiaryna; catherine; katherine; katerina; catalina; екатерина; катерина; кацярына; katarina; katarzyna; caterina; catarina; kathryn; katharina; kate; katja; katya; kathrin; jekaterina; iekaterina; katia; katy; kathy; cathy; ekateryna
given lyudmila: lyudmila; liudmila; ludmila; liudmyla; lyudmyla; lioudmila; людмила; людміла; ludmilla; ljudmila; liudmila; luda
given anna: anna; hanna; ganna; ann; anne; ana; hannah; анна; ганна; ania; anya; anni; annie
given maria: maria; mariya; mariia; marija; maryia; mary; marie; мария; марія; марыя; marya; maryja; masha; mariah
given marina: marina; maryna; марина; марына
given yulia: yulia; yuliya; yuliia; iuliia; julia; julija; юлия; юлія; юлiя; ioulia; giulia; julie; iulia; juliya; julija
given oksana: oksana; aksana; oxana; оксана; аксана; xenia; ksenia; kseniya; kseniia; ксения; ксенія; ksenija; oksanna
given evgenia: evgenia; yevgenia; yevheniia; evgeniya; yevgeniya; yevheniya; евгения; євгенія; eugenia; evgeniia; jevgenija; ievgeniia; yauheniya
given valentina: valentina; valentyna; валентина; валянціна; valiantsina
given lyubov: lyubov; liubov; ljubov; любовь; любов; lubov; liuba
given nadezhda: nadezhda; nadiia; nadiya; nadia; nadzeya; надежда; надія; nadya; nadejda; nadeschda; nadezda
given vera: vera; vira; viera; вера; віра
given victoria: victoria; viktoria; viktoriya; viktoriia; viktorija; виктория; вікторія; вікторыя; vittoria; viktoryia; vika
given zhanna: zhanna; janna; jeanne; joanna; johanna; жанна; ivana; joan; jane; janne; jana; yana; iana; яна; juana; giovanna
given larisa: larisa; larysa; larissa; лариса; larisse
given nina: nina; ніна; нина
given raisa: raisa; raissa; раиса; раїса; raysa
given lidia: lidia; lidiya; lidiia; lydia; лидия; лідія; lidija; lydie; lidzia
given inna: inna; інна; инна
given polina: polina; pauline; paulina; полина; поліна; paulette
given sofia: sofia; sofya; sofiya; sophia; sophie; софья; софия; софія; zofia; sofiia; sophya
given anastasia: anastasia; anastasiya; anastasiia; nastasia; анастасия; анастасія; anastassia; anastasija; anastassiya; nastya
given dariya: daria; darya; dariya; dariia; dasha; дарья; дарія; darja
given vasilisa: vasilisa; vasilina
given william: william; wilhelm; guillermo; guillaume; willem; vilhelm; bill; billy; will; willy; wilhelmus; liam; guglielmo; willi
given henry: henry; heinrich; enrique; henri; hendrik; henrik; henryk; enrico; harry; hank; heinz; genrikh; henrique; indrek
given charles: charles; karl; carlos; carlo; carl; karel; karol; charlie; karoly; chuck; карл; kaarle; kalle
given james: james; jaime; jaume; jim; jimmy; jamie; diego; santiago; iago; tiago; jacques; giacomo; jake
given richard: richard; ricardo; riccardo; rick; dick; ricky; rikard; rich
given francis: francis; francisco; francesco; franz; francois; frank; paco; pancho; franciszek; ferenc; frans; franco; françois; frantisek; fran; franciscus; franck
given edmund: edmund; edmundo; edmond
given lawrence: lawrence; lorenzo; laurent; laurence; lars; larry; lorenz; laurentius; lavrentiy
given louis: louis; luis; luigi; ludwig; lewis; ludovic; lajos; luiz; lodewijk; ludvig; lou; louie; aloysius; luís
given thomas: thomas; tomas; tommaso; tom; tommy; tomasz; tuomas; foma; tome; tamas; tomé; tomás; toma
given matthew: matthew; mateo; matthias; matteo; mathieu; matvey; matvei; matej; mateusz; matti; matt; matthieu; mathias; matthaus; matviy; матвей; matyas; mats; mateus
given mark: mark; marc; marco; marcos; marko; markus; marcus; марк; marek; márk
given martin: martin; martyn; martino; marten; martinus; мартин; marcin; márton; martti; martín
given david: david; davyd; dawud; daoud; dawood; davood; davud; daud; داوود; داود; дауд; давид; dave; dawid; davit; davide; dovid; davoud; dovud
given benjamin: benjamin; binyamin; veniamin; beniamin; вениамин; ben; bibi; benny; benyamin; benjamín; benji
given samuel: samuel; shmuel; samuil; sam; sammy; samuele; samvel
given joshua: joshua; yehoshua; josue; josh; giosue
given nathan: nathan; natan; nathaniel; nathanael; netanel; nat
given emmanuel: emmanuel; emanuel; manuel; manolo; emmanouil; emanuele; manny; immanuel; manu
given christopher: christopher; cristobal; christophe; christoph; kristof; kris; krzysztof; christoforos; chris; kristoffer; christoffer
given christian: christian; cristian; kristian; christiaan; krystian; krisztian; cristiano
given frederick: frederick; friedrich; frederic; federico; fred; freddy; fritz; frederik; fredrik; fredric; frederico; fryderyk; fridrikh; fridrich; fredrich; freddie
given theresa: theresa; teresa; therese; terez; terezie; tereza; terry
given elizabeth: elizabeth; elisabeth; isabel; elisabetta; yelizaveta; elizaveta; lisa; liz; beth; betty; isabella; isabelle; елизавета; yelyzaveta; єлизавета; lizaveta; elisaveta; elzbieta; erzsebet; elise; eliza; ysabel; izabela; bettina; elsa; lizbeth
given margaret: margaret; margarita; marguerite; margarete; margherita; maggie; peggy; маргарита; margaryta; greta; grete; margit; malgorzata; marjorie; margot; rita
given joseph al: joe; joey; jo
given ronald: ronald; ron; ronnie; reinaldo; reynaldo; reginald; ronaldo; rainald
given gerald: gerald; gerardo; gerard; gerhard; jerry; gerry; gherardo; gerhardt
given albert: albert; alberto; adalbert; alberts; albrecht; adalberto
given alfred: alfred; alfredo; alf; alfredas
given raymond: raymond; raimundo; ramon; raymundo; raimondo; ray; raimund
given walter: walter; valter; gualterio; walt; wally; gualtiero; wolter
given donald: donald; donny; donnie
given kenneth: kenneth; ken; kenny; kennet
given edgar: edgar; edgardo; edgars; edgard
given gabriel: gabriel; gavriil; gavriel; gabriele; jibril; gabor; havryil; jibreel; jebrail; gabi; gavril
given raphael: raphael; rafael; raffaele; rafail; raphaël; rafal; rafi
given pilar: pilar; maria del pilar
given guadalupe: guadalupe; lupe
given kim: kim; gim; 김; 金
given ri: ri; li; lee; yi; rhee; rhi; 리; 이; 李; yee
given pak: pak; park; bak; 박; 朴; pac; bark
given choe: choe; choi; choy; ch oe; 최; 崔; chwe
given jong surname: jong; chong; jung; chung; jeong; cheong; 정; 鄭; 鄭; joung; jeung
given jo: jo al; cho; joh; 조; 趙; cheo
given kang: kang; gang; 강; 姜; khang
given yun: yun; yoon; youn; 윤; 尹
given jang: jang; chang; 장; 張; jahng
given sin: sin; shin; 신; 申
given yong: yong; young; yeong; 영; ryong; 용; yŏng; yung
given chol: chol; cheol; chul; 철; cho l; ch ol
given hyok: hyok; hyuk; hyeok; 혁; hyo k
given hyon: hyon; hyun; hyeon; 현; hyo n
given song: song; sung; seong; 성; so ng; 송; soong
given myong: myong; myung; myeong; 명; myo ng
given kyong: kyong; kyung; gyong; gyeong; 경; kyo ng; kyeong; gyung
given jun: jun; joon; chun; 준; 춘; june
given sok: sok; suk; seok; 석; so k; sog; seog
given son: son; sun; seon; 선; 순; so n; 손; soon
given hui: hui; hee; 희
given un: un al; eun; 은; oon
given il: il; 일; yil
given jin: jin; chin; 진; gin
given ho: ho al; 호
given chang: chang al; 창; ch ang
given su: su; soo; 수; sou
given kwang: kwang; gwang; 광; kwan g
given hak: hak; 학; hag
given guk: guk; kuk; 국; kook; gook
given tae: tae; dae; 대; 태; ta e
given chen: chen; 陈; 陳
given wang: wang; 王; wong; 왕
given liu: liu; 刘; 劉; lau; liou
given huang: huang; 黄; 黃; hwang; hoang; 황
given zhou: zhou; 周; chow; chou; chau
given wu: wu; 吴; 吳; ng; woo; goh
given xu: xu; 徐; hsu; tsui; 许; 許; shu
given zhao: zhao; 赵; chao; chiu
given zhang: zhang; 张; cheung; chang chinese
given lin: lin; 林; lam; lim
given ma: ma; 马; 馬
given guo: guo; 郭; kuo; kwok; gwok
given zheng: zheng; 郑; cheng; tcheng
given xie: xie; 谢; 謝; hsieh; tse
given cai: cai; 蔡; tsai; choi chinese; chua; tsay
given deng: deng; 邓; 鄧; teng
given ye: ye; 叶; 葉; yeh; yip; ip
given mao: mao; 毛
given zedong: zedong; tse tung; tsetung
given osama: osama; usama; ousama; oussama; أسامة; اسامة; اسامه; усама; osamah; usamah
given ayman: ayman; aiman; aymen; أيمن; айман; eiman
given tariq: tariq; tarek; tarik; tareq; طارق; тарик; tarig; tareq; tareck
given walid: walid; waleed; valid; oualid; ولید; وليد; валид; velid
given marwan: marwan; merwan; مروان; марван; marouane; marvan
given bashar: bashar; بشار; башар; bachar; beshar
given basil: basel; bassel; باسل; басель
given munir: munir; mounir; muneer; monir; منیر; منير; мунир; moneer
given hisham: hisham; hicham; hesham; هشام; хишам; hishem; hicham
given ghassan: ghassan; gassan; غسان; гассан; rassan
given haydar: haydar; haidar; heydar; haider; hayder; heidar; حیدر; حيدر; хайдар; гейдар; geidar; geydar; khaidar; hydar; haydr
given zayn: zayn; zain; zein; زین; زين; zayne; zine; zeyn
given nur: nur; noor; nour; نور; нур
given nuraddin: nuraddin; nuruddin; noureddine; nooruddin; nureddin; noureddin; nour al din; nur al din; نورالدین; نور الدين; noruddin; nouraddin; nurettin; nour eddine; noor uddin; nur ud din
given salahaddin: salahaddin; salahuddin; salaheddine; salah al din; saladin; صلاح الدين; selahattin; salah eddine; salaheddin; salah uddin; selahaddin
given sayf: sayf; saif; seif; سیف; سيف; сейф; seyf; caif; saef; sief
given shams: shams; chams; شمس; шамс; shems
given fadl: fadl; fazl; fazal; fadel; fazel; fadhil; fadil; fazil; faadil; فضل; فاضل; fadhel; fadhl; фазил; fedl; fasil
given gul: gul; gol; گل; гуль; gull
given khan: khan; خان; хан; xaan; chan khan
given shah: shah; شاه; шах; schah; chah
given jan: jaan; جان; джан; dzhan
given agha: agha; aqa; agah; آغا; آقا; ага; aga
given akhund: akhund; akhond; akhoond; اخوند; آخوند; akund; akhoun; ахунд
given zadeh: zadeh; zada; zade; زاده; заде; zadah
given pur: pur; pour; poor; پور; пур; por
given nejad: nejad; nezhad; nijad; نژاد; nedjad; нежад; nejhad; nezad
given mirza: mirza; mirzo; میرزا; мирза
given bek: bek; beg; bayg; baig; бек; بیگ; begh
`
