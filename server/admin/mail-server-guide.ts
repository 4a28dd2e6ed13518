// Owns the instructions by which an organisation's mail server leads protected mail here: Exchange Online, Google Workspace,
// Postfix, with this installation's values in them. Pure.

import type { Guide, SetupMailServerPage } from '../render/page-models/setup.ts';

export interface Intake {
  /** Of PUBLIC_URL: the name under which this machine is reached. */
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
  readonly hasTls: boolean;
  readonly requireTls: boolean;
  /** Names of SMTP_USERS. */
  readonly users: readonly string[];
  /** SMTP_CLIENTS. */
  readonly clients: readonly string[];
  readonly orgDomains: readonly string[];
  readonly messageBytesMax: number;
}

/** Asked for by a subject tag, or by the header that a program sets. */
const TAGS = ['encrypt', 'secure', 'dnf'] as const;
const TAG_PATTERN = `\\[(${TAGS.join('|')})\\]`;
const HEADER = 'X-Sealpost-Protection';

export function intakeFacts(intake: Intake): SetupMailServerPage['facts'] {
  const { host, port, hasTls, requireTls, users, clients } = intake;
  return [
    { name: 'Address', words: `${host}, port ${port}` },
    { name: 'TLS', words: hasTls ? (requireTls ? 'STARTTLS, demanded' : 'STARTTLS, offered') : 'none' },
    { name: 'Networks', words: clients.join(', ') || 'none (SMTP_CLIENTS)' },
    { name: 'Users', words: users.join(', ') || 'none (SMTP_USERS)' },
  ];
}

export function intakeWarnings({ host, isLoopback, hasTls, users, clients }: Intake): string[] {
  return [
    ...(isLoopback
      ? [
          'SMTP_LISTEN is an address of this machine alone: no other mail server reaches it. Set it to 0.0.0.0:2525, or to 0.0.0.0:25 for Exchange Online.',
        ]
      : []),
    ...(hasTls
      ? []
      : [`There is no certificate for ingestion: set SMTP_TLS_CERT_FILE and SMTP_TLS_KEY_FILE to one for ${host}.`]),
    ...(users.length === 0 && clients.length === 0
      ? ['Nobody may hand in mail yet: name your mail server’s networks in SMTP_CLIENTS, or a user in SMTP_USERS.']
      : []),
  ];
}

export function guidesFor(intake: Intake): Guide[] {
  return [exchangeOnline(intake), googleWorkspace(intake), postfix(intake)];
}

function exchangeOnline({ host, port, orgDomains }: Intake): Guide {
  const quoted = powerShell(host);
  return {
    id: 'exchange-online',
    title: 'Exchange Online',
    blocks: [
      {
        words: `A smart host of Exchange Online is reached at port 25 and signs in nowhere.${port === 25 ? '' : ` SMTP_LISTEN is at port ${port}: lead port 25 of ${host} to it, or move it.`} Name the networks from which Exchange Online sends in SMTP_CLIENTS; Microsoft publishes them as “Office 365 URLs and IP address ranges”, row of Exchange Online with TCP port 25. They are shared by all of Microsoft’s customers: whoever is one could hand in mail in the name of ${orgDomains.join(', ')}, as far as Exchange Online lets them.`,
        code: '',
      },
      {
        words: 'In Exchange Online PowerShell (Connect-ExchangeOnline), a connector that only a rule uses:',
        code: [
          "New-OutboundConnector -Name 'Sealpost' -ConnectorType OnPremises `",
          `  -UseMXRecord $false -SmartHosts ${quoted} \``,
          `  -TlsSettings DomainValidation -TlsDomain ${quoted} \``,
          '  -IsTransportRuleScoped $true -Enabled $true',
        ].join('\n'),
      },
      {
        words: 'And the rules that lead mail to it: by a tag in the subject, and by a header that programs set.',
        code: [
          "New-TransportRule -Name 'Sealpost by subject' `",
          '  -FromScope InOrganization -SentToScope NotInOrganization `',
          `  -SubjectMatchesPatterns ${powerShell(TAG_PATTERN)} \``,
          "  -RouteMessageOutboundConnector 'Sealpost' -StopRuleProcessing $true",
          '',
          "New-TransportRule -Name 'Sealpost by header' `",
          '  -FromScope InOrganization -SentToScope NotInOrganization `',
          `  -HeaderMatchesMessageHeader '${HEADER}' \``,
          "  -HeaderMatchesPatterns '.' `",
          "  -RouteMessageOutboundConnector 'Sealpost' -StopRuleProcessing $true",
        ].join('\n'),
      },
      {
        words:
          'Mail with a sensitivity label is led here in the same way: a rule on the header msip_labels with the label’s GUID. A label that encrypts by itself cannot be read here; mail with one is refused.',
        code: '',
      },
    ],
  };
}

function googleWorkspace({ host, port, hasTls }: Intake): Guide {
  const isPossible = port === 25 || port === 587 || port >= 1024;
  return {
    id: 'google-workspace',
    title: 'Google Workspace',
    blocks: [
      {
        words:
          'Gmail signs in nowhere either: name Google’s networks in SMTP_CLIENTS, those that the SPF record of _spf.google.com names. All of Google’s customers share them.',
        code: '',
      },
      {
        words: `In the Admin console: Apps, Google Workspace, Gmail, Hosts, “Add route”.${isPossible ? '' : ` Google takes ports 25, 587 and 1024 to 65535; yours is ${port}.`}`,
        code: [
          'Name: Sealpost',
          `Single host: ${host}   Port: ${port}`,
          `Require mail to be transmitted via a secure (TLS) connection: ${hasTls ? 'on' : 'off until there is a certificate'}`,
          `Require CA signed certificate: ${hasTls ? 'on' : 'off'}`,
          `Validate certificate hostname: ${hasTls ? 'on' : 'off'}`,
        ].join('\n'),
      },
      {
        words: 'Then Gmail, Compliance, “Content compliance”, a rule that changes the route:',
        code: [
          'Email messages to affect: Outbound',
          'Expressions: if ANY of these match',
          `  Advanced content match, Location: Subject, Match type: Matches regex, Regexp: ${TAG_PATTERN}`,
          `  Advanced content match, Location: Full headers, Match type: Contains text, Content: ${HEADER}:`,
          'If the above expressions match: Modify message',
          '  Route: Change route, Sealpost',
        ].join('\n'),
      },
      { words: 'Google says that a change may take up to 24 hours.', code: '' },
    ],
  };
}

function postfix({ host, port, hasTls, users, messageBytesMax }: Intake): Guide {
  const hop = `[${host}]:${port}`;
  const [user] = users;
  const megabytes = Math.floor(messageBytesMax / 1_000_000);
  return {
    id: 'postfix',
    title: 'Postfix',
    blocks: [
      {
        words: `In /etc/postfix/main.cf: look at the heads of mail, and speak verified TLS with Sealpost${user === undefined ? '' : ', signed in'}.`,
        code: [
          'header_checks = regexp:/etc/postfix/sealpost_checks',
          ...(hasTls
            ? [
                'smtp_tls_policy_maps = inline:{ { ' + hop + ' = secure match=' + host + ' } }',
                'smtp_tls_CApath = /etc/ssl/certs',
              ]
            : []),
          ...(user === undefined
            ? []
            : [
                'smtp_sasl_auth_enable = yes',
                'smtp_sasl_password_maps = texthash:/etc/postfix/sealpost_password',
                'smtp_sasl_security_options = noanonymous',
              ]),
        ].join('\n'),
      },
      {
        words: 'In /etc/postfix/sealpost_checks, which mail goes there:',
        code: [`/^Subject:.*${TAG_PATTERN}/ FILTER smtp:${hop}`, `/^${HEADER}:/ FILTER smtp:${hop}`].join('\n'),
      },
      ...(user === undefined
        ? []
        : [
            {
              words: 'In /etc/postfix/sealpost_password (mode 600), the password of SMTP_USERS:',
              code: `${hop} ${user}:PASSWORD`,
            },
          ]),
      {
        words:
          'All mail to a domain, whatever it says, by transport_maps: a line in /etc/postfix/transport for each such domain.',
        code: ['transport_maps = texthash:/etc/postfix/transport', '', `partner.example   smtp:${hop}`].join('\n'),
      },
      {
        words: `Then “postfix reload”. What leaves Sealpost for the same Postfix as its relay has no such subject and no such header, so it does not come round again. Messages may have ${megabytes} MB here (MESSAGE_BYTES_MAX).`,
        code: '',
      },
    ],
  };
}

function powerShell(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
