// Owns a policy's document that uses every part there is, for the tests of policy.

export const TENANT = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
export const LABEL = '11111111-2222-4333-8444-555555555555';

export const fullDocument = `
format: 1
templates:
  - name: legal-view-only
    title: Legal, view only, 7 days
    rights: [reply]
    expiry: { days: 7 }
    signIn: [code]
    brand: default
    reminderDays: 2
    retentionDays: 30
    deliver: portal
  - name: archive
    title: Kept for good
    rights: [reply, reply-all, forward, print, copy, download]
    expiry: { days: 0 }
  - name: until-the-fair
    title: Until the fair
    rights: []
    expiry: { until: 2027-01-31 }
labels:
  tenant: ${TENANT}
  requireStamp: true
  secretHeader: { name: X-Connector, value: a-long-enough-secret }
  map:
    - { label: ${LABEL}, title: Confidential, template: do-not-forward }
  sensitivity: { personal: encrypt-only, private: legal-view-only, company-confidential: do-not-forward }
groups:
  - { name: legal, members: [Alice@Example.com, '@law.example.com', '@*.law.example.com'] }
lists:
  - { name: projects, words: [Bluebird, Zeisig] }
  - { name: case-numbers, pattern: 'AZ-\\d{6}', ignoreCase: true }
rules:
  - id: cards
    name: Card numbers leave protected
    state: on
    when:
      all:
        - detector: { is: payment-card, atLeast: 3, in: [subject, body] }
        - none: [{ senderGroup: legal }, { time: { days: [sat, sun], from: '18:00', to: '07:00', zone: Europe/Berlin } }]
        - any:
            - sender: { is: ['@example.com'] }
            - recipient: { is: ['@*.example.org'] }
            - anyRecipient: { is: [bob@recipient.example] }
            - recipients: { atLeast: 2, atMost: 10 }
            - subject: { contains: invoice }
            - subject: { matches: '^RE:' }
            - header: { name: X-Protective-Marking, contains: 'SEC=' }
            - header: { name: X-Thing, present: true }
            - text: { contains: secret, in: [body] }
            - attachment: { types: [application/pdf], extensions: [pdf], atLeastBytes: 1000, name: { contains: offer } }
            - unreadable: [encrypted, broken]
            - size: { atLeastBytes: 1000000 }
            - label: any
            - label: ${LABEL}
            - sensitivity: private
            - direction: out
            - list: { is: projects }
    unless: { header: { name: X-Fine, matches: 'yes' } }
    then:
      - apply: legal-view-only
      - brand: default
      - deliver: portal
      - expires: 7d
      - signIn: [passkey, phrase]
      - reviewer: Reviewer@Example.com
  - { id: partner, name: Partner, state: shadow, then: [{ bypass: { host: mx.partner.example } }] }
  - { id: wait, name: Wait, state: off, then: [{ hold: { approvers: [boss@example.com] } }] }
  - { id: no, name: Never, when: { subject: { contains: never } }, then: [{ refuse: Not by mail. }] }
`;
