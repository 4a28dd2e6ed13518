// Owns what the pages about the people who run this place are given.

export interface RoleChoice {
  readonly value: string;
  readonly label: string;
  readonly chosen: boolean;
}

export interface PeoplePage {
  /** Of the roster and of the policy that the page shows: both go back with each form. */
  readonly version: number;
  readonly policyVersion: number;
  readonly mayChange: boolean;
  readonly roles: readonly { readonly role: string; readonly name: string; readonly means: string }[];
  /** `choices` is empty for those whom the settings name. */
  readonly staff: readonly {
    readonly address: string;
    readonly roleName: string;
    readonly choices: readonly RoleChoice[];
  }[];
  readonly mailboxes: readonly { readonly address: string; readonly delegates: readonly string[] }[];
  readonly groups: readonly { readonly name: string; readonly members: readonly string[] }[];
  readonly staffAction: string;
  readonly staffRemoveAction: string;
  readonly mailboxAction: string;
  readonly mailboxRemoveAction: string;
  readonly groupAction: string;
  readonly groupRemoveAction: string;
  /** What stands in the forms for new ones. */
  readonly typed: {
    readonly address: string;
    readonly choices: readonly RoleChoice[];
    readonly mailbox: string;
    readonly delegates: string;
    readonly group: string;
    readonly members: string;
  };
  readonly problem?: string;
  readonly overtaken?: boolean;
}

/** Asks before something is taken away. */
export interface RemovalPage {
  readonly heading: string;
  /** What will happen, and to how many. */
  readonly means: string;
  readonly label: string;
  readonly action: string;
  readonly backUrl: string;
  readonly backLabel: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** On the button that changes nothing. */
  readonly rest: string;
}

export interface HelpDeskPage {
  readonly noticesAction: string;
  readonly unlockAction: string;
  readonly mayResend: boolean;
  readonly mayUnlock: boolean;
  readonly address: string;
  readonly problem?: string;
}
