// Owns the words of the health detector: what people have or are treated with, and what makes it somebody's. It is data.
// Words that are spoken of far more often without a patient (cold, pain, stress, cure) are left out.

import { list } from '../word-list.ts';

/** Illnesses, conditions and treatments. */
export const conditions = list(`
diabetes, diabetic, type 1 diabetes, type 2 diabetes, hypertension, high blood pressure, asthma, copd, cancer, breast cancer, carcinoma, tumour*, tumor*, leukemia, leukaemia, lymphoma, melanoma, metasta*, chemotherapy, radiotherapy, dialysis, transplant, pneumonia, tuberculosis
hiv, hiv-positive, hiv positive, aids, hepatitis, hepatitis b, hepatitis c, syphilis, gonorrhea, gonorrhoea, chlamydia, herpes, covid-19, covid, sepsis, stroke, heart attack, myocardial infarction, heart failure, atrial fibrillation, angina, arrhythmia
depression, major depressive disorder, bipolar disorder, bipolar, schizophrenia, psychosis, anxiety disorder, ptsd, adhd, autism, anorexia, bulimia, addiction, alcohol dependence, alcoholism, substance abuse, overdose, suicidal, dementia, alzheimer*, parkinson*, epilepsy, epileptic, seizure*, multiple sclerosis, migraine*
pregnan*, miscarriage, abortion, infertility, ivf, endometriosis, psoriasis, eczema, arthritis, osteoporosis, fracture*, hernia, appendicitis, colonoscopy, biopsy, crohn*, colitis, celiac disease, anaemia, anemia, hypothyroidism, kidney failure, cirrhosis, insulin, metformin, methadone, sertraline, fluoxetine, lithium, warfarin, mastectomy
krebs, biopsie, prostatakrebs, lungenkrebs, darmkrebs, hautkrebs, leberkrebs, blutkrebs, adhs, autismus, ptbs, borderline, brustkrebs, karzinom, leukamie, lymphom, chemotherapie, strahlentherapie, bluthochdruck, hypertonie, lungenentzundung, schlaganfall, herzinfarkt, herzinsuffizienz, vorhofflimmern, depressionen, depressive episode, depressive storung, burnout, burn-out, schizophrenie, psychose, angststorung, essstorung, magersucht, alkoholabhangig*, suchterkrankung, demenz, epilepsie, schwanger*, fehlgeburt, abtreibung, bandscheibenvorfall, knochenbruch, rheuma, zuckerkrank*, tuberkulose, hepatitis-c, hiv-infektion, multiple sklerose, niereninsuffizienz, borreliose
diabete, cancer du sein, tumeur, leucemie, chimiotherapie, radiotherapie, hypertension arterielle, pneumonie, infarctus, insuffisance cardiaque, avc, sclerose en plaques, schizophrenie, depression severe, trouble bipolaire, anorexie, alcoolisme, demence, epilepsie, grossesse, enceinte, fausse couche, avortement, vih, seropositi*, hepatite, tuberculose, asthme, cirrhose, insuffisance renale
cancer de mama, tumor*, leucemia, quimioterapia, radioterapia, hipertension, neumonia, infarto, insuficiencia cardiaca, ictus, esclerosis multiple, esquizofrenia, depresion, trastorno bipolar, ansiedad, anorexia, alcoholismo, demencia, epilepsia, embaraz*, aborto, vih positivo, sida, hepatitis, tuberculosis, asma, cirrosis, insuficiencia renal
cancro, tumore, leucemia, chemioterapia, ipertensione, polmonite, infarto, scompenso cardiaco, ictus, sclerosi multipla, schizofrenia, depressione, disturbo bipolare, alcolismo, demenza, epilessia, gravidanza, incinta, aborto, sieropositiv*, epatite, tubercolosi, asma, cirrosi, insufficienza renale
cancro da mama, leucemia, hipertensao, pneumonia, enfarte, infarto, insuficiencia cardiaca, avc, esclerose multipla, esquizofrenia, depressao, transtorno bipolar, alcoolismo, gravidez, gravida, hepatite, tuberculose, cirrose
kanker, borstkanker, leukemie, chemokuur, hoge bloeddruk, longontsteking, hartinfarct, hartfalen, beroerte, multiple sclerose, schizofrenie, depressie, bipolaire stoornis, anorexia, verslaving, dementie, epilepsie, zwanger*, miskraam, abortus, hiv-besmetting, suikerziekte, nierfalen
rak piersi, nowotwor*, bialaczka, chemioterapi*, nadcisnienie, zapalenie pluc, zawal*, niewydolnosc serca, udar*, stwardnienie rozsiane, schizofreni*, depresj*, cukrzyc*, alkoholizm*, demencj*, padaczk*, ciaza, ciazy, poronienie, aborcj*, gruzlic*, astm*, marskosc, zakazenie hiv
kanser, meme kanseri, losemi, kemoterapi, hipertansiyon, zaturre, kalp krizi, kalp yetmezligi, inme, multipl skleroz, sizofreni, depresyon, bipolar bozukluk, seker hastaligi, diyabet, demans, hamile*, gebelik, dusuk, kurtaj, verem, astim, siroz
рак молочной железы, онколог*, опухол*, лейкоз, химиотерапи*, гипертони*, пневмони*, инфаркт*, инсульт*, рассеянный склероз, шизофрени*, депресси*, сахарный диабет, диабет*, алкоголизм*, деменци*, эпилепси*, беременн*, выкидыш, аборт*, вич, гепатит*, туберкулез*, астм*
糖尿病, がん, 癌, 乳がん, 白血病, 高血圧, 肺炎, 心筋梗塞, 脳卒中, 統合失調症, うつ病, 双極性障害, 認知症, てんかん, 妊娠, 流産, 肝炎, 結核, 喘息, 癌症, 肿瘤, 白血病, 化疗, 肺炎, 心肌梗死, 中风, 精神分裂症, 抑郁症, 痴呆, 癫痫, 怀孕, 艾滋病, 肝炎, 肺结核, 哮喘
סרטן, סוכרת, כימותרפיה, דיכאון, סכיזופרניה, היריון, הריון, אפילפסיה, דלקת ריאות, אסתמה, سرطان, سكري, السكري, اكتئاب, الاكتئاب, فصام, حامل, حمل, صرع, التهاب رئوي, ربو
`);

/** What says that somebody has it. */
export const persons = list(`
mr, mrs, ms, miss, employee, employee's, colleague, colleague's, pre-existing condition, pre-existing conditions, preexisting condition, maternity leave, occupational health, frau, herr, herrn, mitarbeiter, mitarbeiterin, kollege, kollegin, mutterschutz, elternzeit, mme, madame, monsieur, employe, salarie, salariee, conge maternite, sra, senora, senor, empleado, empleada, signora, signor, dipendente, funcionario, funcionaria, mevrouw, meneer, medewerker, medewerkster, pani, pracownik, pracownica, bayan, calisan
patient, patient's, pt, doctor, doctors, doctor's, physician, gp, consultant, psychiatrist, psychologist, oncologist, gynaecologist, hospital, clinic, my wife, my husband, my son, my daughter, my mother, my father, my mum, my dad, mum's, mom's, dad's, his wife, her husband, your results, your test, your scan, your biopsy, pregnancy test, positive test, biopsy showed, in confidence, diagnosed, diagnosed with, diagnosis, diagnoses, diagnosis:, diagnostic, dx, hx, medical history, medical record, medical records, medical report, medical certificate, sick note, sick leave, fit note, discharge summary, discharge letter, case notes, chart, anamnesis
suffers from, suffering from, suffered a, treated for, being treated for, treatment for, under treatment, tested positive, test result, test results, lab result, lab results, blood test, prescribed, prescription, medication, medications, on medication, symptoms, symptom, prognosis, comorbidit*, admitted, admitted for, admitted with, referred for, underwent, undergoing, history of, family history of, referral, disability, unfit for work, off work, has been signed off, recovering from
patientin, patienten, patientenakte, arzt, arztin, hausarzt, kinderarzt, frauenarzt, klinik, krankenhaus, meine frau, mein mann, mein sohn, meine tochter, meine mutter, mein vater, mein kind, diagnose, diagnosen, diagnostiziert, befund, befunde, befundbericht, arztbrief, entlassungsbrief, anamnese, krankschreibung, krankgeschrieben, arbeitsunfahig*, leidet an, leidet unter, erkrankt, erkrankt an, erkrankung, vorerkrankung*, behandelt wegen, in behandlung, therapie, medikation, medikamente, verordnet, verschrieben, symptome, attest, reha, positiv getestet, therapie wegen, krankengeschichte
patiente, medecin, hopital, clinique, ma femme, mon mari, mon fils, ma fille, diagnostic, diagnostique, diagnostiquee, souffre de, souffre d', atteint de, atteinte de, traite pour, traitee pour, traitement, ordonnance, antecedents, antecedents medicaux, dossier medical, compte rendu, compte-rendu, arret maladie, arret de travail, symptomes, hospitalise, hospitalisee, certificat medical
paciente, medico, medica, hospital, clinica, mi mujer, mi marido, mi hijo, mi hija, diagnostico, diagnosticado, diagnosticada, padece, padece de, sufre de, tratado por, tratada por, tratamiento, historia clinica, historial medico, informe medico, receta, sintomas, antecedentes, baja medica, ingresado, ingresada
paziente, ospedale, mia moglie, mio marito, mio figlio, mia figlia, diagnosi, diagnosticato, diagnosticata, soffre di, affetto da, affetta da, in cura per, terapia, cartella clinica, referto, ricetta, sintomi, anamnesi, ricoverato, ricoverata, certificato medico
diagnostico, diagnosticado com, diagnosticada com, sofre de, tratamento, prontuario, historico medico, atestado, receita medica, sintomas, internado, internada, laudo
huisarts, ziekenhuis, mijn vrouw, mijn man, diagnose, gediagnosticeerd, lijdt aan, behandeld voor, behandeling, medisch dossier, ziektegeschiedenis, recept, klachten, bedrijfsarts, ziek gemeld, ziekteverlof, symptomen, opgenomen, ziekmelding, patiënte
lekarz, lekarza, szpital, szpitalu, moja zona, moj maz, pacjent, pacjentka, pacjenta, pacjentki, rozpoznanie, diagnoza, zdiagnozowano, choruje na, cierpi na, leczony, leczona, leczenie, historia choroby, wypis, recepta, objawy, zwolnienie lekarskie
doktor, hastane, hastanede, esim, hasta, hastanin, hastaya, teshis, teshisi, tani, tanisi, tedavi, tedavisi, recete, epikriz, rapor, sikayet, sikayeti, ameliyat
врач*, больниц*, пациент*, диагноз*, страдает, болен, больна, лечени*, лечится, история болезни, выписка, рецепт, симптом*, анамнез, больничный
医師, 病院, 患者, 診断, 診断書, 治療, 症状, 処方, 入院, 病歴, 医生, 医院, 诊断, 治疗, 症状, 处方, 住院, 病历
רופא, רופאה, בית חולים, מטופל, מטופלת, אובחן, אובחנה, אבחנה, אבחון, סובל, סובלת, טיפול, מרשם, طبيب, الطبيب, مستشفى, المستشفى, المريض, المريضة, مريض, تشخيص, التشخيص, يعاني, تعاني, علاج, وصفة
`);

/** What names somebody as having it, whatever else is spoken of. */
export const stricken = list(`
diagnosed with, was diagnosed, been diagnosed, suffers from, suffering from, treated for, tested positive, admitted with, admitted for, her diagnosis, his diagnosis, my diagnosis, your diagnosis, prescribed
leidet an, leidet unter, erkrankt an, diagnostiziert, souffre de, atteint de, atteinte de, padece, padece de, soffre di, affetto da, affetta da, sofre de, lijdt aan, choruje na, cierpi na, страдает, болен, больна
`);

/** What stands beside a code of the classification of diseases. */
export const codeWords = list(`
icd, icd-10, icd10, icd 10, icd-10-cm, icd-10-gm, icd code, icd codes, diagnosis, diagnoses, diagnosis code, diagnosed, dx, principal diagnosis, discharge diagnosis, diag, diag., condition code, billing code, cpt, claim, patient, medical certificate, sick note
diagnose, diagnosen, hauptdiagnose, nebendiagnose, nebendiagnosen, befund, arbeitsunfahigkeit*, diagnoseschlussel, diagnostic, diagnostic principal, cim-10, cim10, cie-10, cie10, cid-10, cid10, cid, diagnostico, diagnosi, rozpoznanie, rozpoznania, kod icd, tani, tani kodu, teshis, диагноз*, мкб, мкб-10, мкб 10, код мкб, 病名, 診断, 傷病名, 诊断
`);

/** What says that it is spoken of in general, and is nobody's. */
export const general = list(`
awareness, charity, fundraiser, fundraising, donation, donations, campaign, research, researchers, study, studies, trial results, congress, conference, symposium, webinar, seminar, lecture, market, markets, industry, shares, sales, volumes, software, product launch, press release, newsletter, article, articles, blog, podcast, novel, novels, film, thesis, textbook, statistics, world day, public health, ministry, vaccines, guideline, guidelines, policy paper
kongress, tagung, fortbildung, vortrag, seminar, studie, studien, forschung, spenden, spendenlauf, markt, umsatz, pressemitteilung, artikel, roman, ministerium, impfstoff*, leitlinie*, statistik, congres, colloque, recherche, etude, dons, campagne, marche, article, congreso, investigacion, estudio, campana, mercado, articulo, congresso, ricerca, studio, mercato, articolo, pesquisa, estudo, campanha, onderzoek, studie, congres, markt, artikel, badania, kongres, rynek, artykul, arastirma, kongre, pazar, makale, исследовани*, конгресс*, конференци*, рынок, 研究, 学会, 市場, 会议, 市场
`);
