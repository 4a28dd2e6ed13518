// Owns one text in each of many charsets, as old programs wrote them.

import iconv from 'iconv-lite';

export interface CharsetSample {
  readonly charset: string;
  readonly text: string;
  readonly bytes: Buffer;
}

const RUSSIAN = 'Договор совершенно секретно, не пересылать';
const GREEK = 'Το έργο είναι εμπιστευτικό, μην το προωθείτε';
const HEBREW = 'הפרויקט סודי ביותר, אין להעביר אותו הלאה';
const ARABIC = 'المشروع سري للغاية ولا يجوز إرساله إلى أحد';
const CZECH = 'Důvěrný projekt, žádný přílišný povyk kolem účtů';
const TURKISH = 'Gizli proje, şifreyi başkasına göndermeyiniz';
const WESTERN = 'Vertraulich: Gehälter für Führungskräfte, à bientôt';
const BALTIC = 'Slaptas projektas, niekam nesiųsti, žiūrėti čia';
const JAPANESE = '極秘の計画です。誰にも転送しないでください。カタカナ';
const CHINESE = '机密项目，请勿转发给任何人。客户名单在附件里';
const TAIWANESE = '機密項目，請勿轉發給任何人。客戶名單在附件裡';
const KOREAN = '비밀 프로젝트입니다. 누구에게도 전달하지 마십시오';
const THAI = 'โครงการลับสุดยอด ห้ามส่งต่อให้ผู้อื่น';
const VIETNAMESE = 'Đơn hàng bí mât, không cho khách';

const TEXTS: readonly (readonly [charset: string, text: string])[] = [
  ['utf-8', RUSSIAN],
  ['utf-16le', RUSSIAN],
  ['utf-16be', RUSSIAN],
  ['utf-32le', RUSSIAN],
  ['utf-32be', RUSSIAN],
  ['utf-7', RUSSIAN],
  ['iso-8859-1', WESTERN],
  ['iso-8859-15', WESTERN],
  ['windows-1252', WESTERN],
  ['macintosh', WESTERN],
  ['cp850', WESTERN],
  ['cp437', 'Gehälter für Führung'],
  ['iso-8859-2', CZECH],
  ['windows-1250', CZECH],
  ['cp852', CZECH],
  ['iso-8859-4', BALTIC],
  ['iso-8859-13', BALTIC],
  ['windows-1257', BALTIC],
  ['iso-8859-5', RUSSIAN],
  ['windows-1251', RUSSIAN],
  ['koi8-r', RUSSIAN],
  ['koi8-u', RUSSIAN],
  ['cp866', RUSSIAN],
  ['iso-8859-6', ARABIC],
  ['windows-1256', ARABIC],
  ['iso-8859-7', GREEK],
  ['windows-1253', GREEK],
  ['iso-8859-8', HEBREW],
  ['windows-1255', HEBREW],
  ['iso-8859-9', TURKISH],
  ['windows-1254', TURKISH],
  ['windows-1258', VIETNAMESE],
  ['windows-874', THAI],
  ['shift_jis', JAPANESE],
  ['euc-jp', JAPANESE],
  ['euc-kr', KOREAN],
  ['gb2312', CHINESE],
  ['gbk', CHINESE],
  ['gb18030', CHINESE],
  ['big5', TAIWANESE],
];

export const charsetSamples: readonly CharsetSample[] = [
  ...TEXTS.map(([charset, text]) => ({ charset, text, bytes: iconv.encode(text, charset, { addBOM: false }) })),
  // RFC 1468; nothing at hand writes it: 極秘 in JIS X 0208 between its escapes.
  { charset: 'iso-2022-jp', text: 'Secret: 極秘!', bytes: Buffer.from('Secret: \x1b$B6KHk\x1b(B!', 'latin1') },
];
