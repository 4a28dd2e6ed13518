// Owns the detector of API keys and tokens: by what their issuers begin them with, and by the name that one is given.

import type { Detector, Scan, WordList } from '../detector.ts';
import { secretValue } from './secret-value.ts';
import { list } from '../word-list.ts';

interface Issued {
  readonly prefixes: WordList;
  /** From the prefix on (sticky). */
  readonly shape: RegExp;
}

// As the issuers document them. Keys that are meant to be public (pk_live_…) and keys of test systems are left out.
const issued: readonly Issued[] = [
  { prefixes: list('AKIA*, ASIA*, ABIA*, ACCA*'), shape: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?!\w)/y },
  { prefixes: list('ghp_*, gho_*, ghu_*, ghs_*, ghr_*'), shape: /gh[pousr]_[A-Za-z0-9]{36,255}(?!\w)/y },
  { prefixes: list('github_pat_*'), shape: /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?!\w)/y },
  { prefixes: list('glpat-*'), shape: /glpat-[\w-]{20,}/y },
  {
    prefixes: list('xoxa-*, xoxb-*, xoxe-*, xoxo-*, xoxp-*, xoxr-*, xoxs-*'),
    shape: /xox[abeoprs]-[A-Za-z0-9-]{20,}/y,
  },
  { prefixes: list('xapp-*'), shape: /xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}/y },
  { prefixes: list('hooks.slack.com/services/*'), shape: /hooks\.slack\.com\/services\/T\w{8,}\/B\w{8,}\/\w{20,}/y },
  { prefixes: list('sk_live_*, rk_live_*'), shape: /[sr]k_live_[A-Za-z0-9]{16,}/y },
  { prefixes: list('whsec_*'), shape: /whsec_[A-Za-z0-9+/=]{24,}/y },
  { prefixes: list('AIza*'), shape: /AIza[\w-]{35}(?![\w-])/y },
  { prefixes: list('ya29.*'), shape: /ya29\.[\w-]{20,}/y },
  { prefixes: list('GOCSPX-*'), shape: /GOCSPX-[\w-]{28}(?!\w)/y },
  {
    prefixes: list('sk-*'),
    shape: /sk-(?=[\w-]*\d)(?=[\w-]*[A-Z])(?:proj-|svcacct-|admin-|ant-[a-z]+\d\d-)?[\w-]{20,}/y,
  },
  { prefixes: list('npm_*'), shape: /npm_[A-Za-z0-9]{36}(?!\w)/y },
  { prefixes: list('pypi-*'), shape: /pypi-AgE[\w-]{50,}/y },
  { prefixes: list('SG.*'), shape: /SG\.[\w-]{22}\.[\w-]{43}(?![\w-])/y },
  { prefixes: list('dop_v1_*, doo_v1_*'), shape: /do[op]_v1_[a-f0-9]{64}(?!\w)/y },
  { prefixes: list('shpat_*, shpca_*, shppa_*, shpss_*'), shape: /shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}(?!\w)/y },
  { prefixes: list('hf_*'), shape: /hf_[A-Za-z0-9]{34,}(?!\w)/y },
  { prefixes: list('key-*'), shape: /key-[0-9a-f]{32}(?![\w-])/y },
  { prefixes: list('dapi*'), shape: /dapi[0-9a-f]{32}(?!\w)/y },
  // RFC 7519: both parts are JSON objects, so both begin in this way.
  { prefixes: list('eyJ*'), shape: /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/y },
];

const names = list(`
key, keys, api key, apikey, api_key, api-key, access key, accesskey, access_key, secret, secretkey, secret_key, client secret, clientsecret, client_secret, token, accesstoken, access_token, authtoken, auth_token, apitoken, api_token
refreshtoken, refresh_token, bearer, bearer token, bearertoken, password, passwd, pwd, passphrase, accountkey, account_key, sharedaccesskey, sharedkey, storagekey, signingkey, signing_key, encryptionkey, encryption_key, privatekey, webhooksecret, credential, credentials, masterkey
schluessel, schlüssel, api-schlüssel, geheimnis, passwort, kennwort, cle, clé, cle api, jeton, mot de passe, clave, clave api, contraseña, chiave, chiave api, segredo, senha, chave, chave de api, sleutel, wachtwoord, klucz, hasło, haslo, anahtar, şifre, ключ, пароль, токен, キー, 密钥, 令牌, מפתח, مفتاح
`);

export const apiKey: Detector = {
  title: 'API keys and tokens',
  looksFor:
    'keys of AWS, GitHub, GitLab, Slack, Stripe, Google, OpenAI and others by their prefixes, JSON Web Tokens, and what is given to a name such as key, secret, token or password',
  check: 'prefix, letters and length; for named ones the mix and entropy of letters',
  evidence: 'wanted where no prefix names the issuer',
  words: [...issued.map(({ prefixes }) => prefixes), names],
  find: (scan, found) => {
    const seen = new Set<number>();
    for (const { prefixes, shape } of issued) {
      let done = 0;
      for (const start of scan.wordsIn(prefixes).starts) {
        if (start < done) continue;
        shape.lastIndex = start;
        const key = shape.exec(scan.text)?.[0];
        // What failed to its end fails from any place within.
        done = key === undefined ? runEnd(scan.text, start) : start + key.length;
        if (key === undefined) continue;
        seen.add(start);
        found({ value: key, start, end: done, masked: maskedKey(key) });
      }
    }
    findNamed(scan, seen, found);
  },
};

const RUN = /[\w-]*/y;

function runEnd(text: string, start: number): number {
  RUN.lastIndex = start;
  return start + (RUN.exec(text)?.[0].length ?? 0);
}

/** What it is called in full, and the sign or word that gives it: `key`, ` for the test shop`, ` is `. */
const GIVEN =
  /["'`\])]{0,2}((?:[ \t]+[\p{L}-]{1,20}){0,4}?)\s{0,4}(?:[:=>|(]|:=|=>|->|is|ist|lautet|est|es|é|è|to)\s{0,4}["'`<([]{0,2}(?:Bearer |Basic )?([A-Za-z0-9+/_.~=-]{16,512})(?![A-Za-z0-9])/uy;
/** In quotation marks any sign may be in it. */
const QUOTED = /["'`\])]{0,2}()\s{0,4}(?:[:=|]|:=|=>|->)\s{0,4}["'`]([!-~]{16,128}?)["'`]/y;
/** A password is often given without them. */
const PLAIN = /()\s{0,4}(?:[:=]|is|ist|lautet|est|es|é|è)\s{0,2}([!-'*-~]{16,128})(?=\s|$)/y;
const PASSWORD = /^(?:pass|pwd|kennwort|wachtwoord|mot de passe|contrase|senha|has[lł]o|[sş]ifre|парол)/i;
const GIVEN_AT_ONCE = /()\s{1,2}["'`]?([A-Za-z0-9+/_.~=-]{20,512})/y;
/** Keys and tokens that are nobody's secret. */
const PUBLIC =
  /(?:public|publishable|primary|foreign|partition|cache|sort|idempotency|object|row|map|registry|product|csrf|xsrf|page|next|continuation|pagination|site|host|answer|cancel|commit)[\s_-]*$/i;
const PUBLIC_LETTERS = 16;

function findNamed({ text, wordsIn }: Scan, seen: ReadonlySet<number>, found: Parameters<Detector['find']>[1]): void {
  const { starts, ends } = wordsIn(names);
  let done = 0;
  ends.forEach((end, at) => {
    const from = starts[at] ?? 0;
    if (end < done || PUBLIC.test(text.slice(Math.max(0, from - PUBLIC_LETTERS), from))) return;
    const name = text.slice(from, end);
    const own = PASSWORD.test(name) ? [PLAIN] : name.toLowerCase() === 'bearer' ? [GIVEN_AT_ONCE] : [];
    const given = [GIVEN, QUOTED, ...own]
      .map((shape) => givenAt(shape, text, end))
      .find((given) => given !== undefined && !seen.has(given.start));
    if (given === undefined) return;
    const { value } = given;
    done = given.start + value.length;
    found({ value, start: given.start, end: done, masked: `••• (${value.length})` });
  });
}

function givenAt(
  shape: RegExp,
  text: string,
  at: number,
): { readonly value: string; readonly start: number } | undefined {
  shape.lastIndex = at;
  const [match = '', between = '', given = ''] = shape.exec(text) ?? [];
  // A name that goes on may be that of a digest: what could be one is taken from the name alone.
  const value = secretValue(given, between === '' ? 'any' : 'not-hex');
  return value === undefined ? undefined : { value, start: at + match.lastIndexOf(given) };
}

// What the issuer begins all keys with, and nothing of this one.
function maskedKey(key: string): string {
  const prefix =
    /^(?:eyJ|A(?:KI|SI|BI|CC)A|AIza|SG\.|hooks\.slack\.com\/services\/|(?:[a-z]+_)?[a-z]+\d{0,2}[_.-](?:live_|v1_)?|[A-Z]+-)/.exec(
      key,
    )?.[0] ?? '';
  return `${prefix}••• (${key.length})`;
}
