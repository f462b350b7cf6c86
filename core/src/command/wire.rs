//! The wire form of a command (CDDL in `docs/wire.md`). Numbers and keys are append only and never reused.

use super::{
    AccountKind, Action, Attributes, Command, KeyRole, ListKind, MerchantProfile, Over, Payment,
    Proposal,
};
use crate::envelope::Message;
use crate::{wire_choice, wire_code, wire_map};

impl Message for Command {
    const DOMAIN: &'static str = "scoin/command/v1";
}

wire_map! { Command { 1 id, 2 network, 3 by, 4 valid_until, 5 action, 6 sequence } }

wire_choice! { Action "action" {
    1 "open-account" OpenAccount { 1 kind },
    2 "add-key" AddKey { 1 key, 2 role, 3 daily_cap, 4 name },
    3 "revoke-key" RevokeKey { 1 key },
    4 "rotate-key" RotateKey { 1 key },
    5 "attest" Attest { 1 subject, 2 attributes },
    6 "ask-guardian" AskGuardian { 1 guardian },
    7 "accept-ward" AcceptWard { 1 ward, 2 consent },
    8 "end-guardian" EndGuardian { 1 ward, 2 guardian },
    9 "set-cap" SetCap { 1 key, 2 daily_cap },
    10 "publish-rules" PublishRules { 1 source },
    11 "adopt-policy" AdoptPolicy { 1 name, 2 arguments },
    12 "put-list" PutList { 1 name, 2 kind, 3 add, 4 remove },
    13 "put-calendar" PutCalendar { 1 name, 2 days },
    14 "retire-policy" RetirePolicy { 1 policy },
    15 "retire-name" RetireName { 1 name },
    16 "migrate" Migrate { 1 owner, 2 granter, 3 from, 4 to },
    17 "accept-migration" AcceptMigration { 1 owner, 2 offer, 3 to },
    18 "decline-migration" DeclineMigration { 1 owner, 2 offer },
    20 "register-merchant" RegisterMerchant { 1 account, 2 profile },
    21 "suspend-merchant" SuspendMerchant { 1 account, 2 suspended },
    30 "propose" Propose { 1 proposal },
    31 "approve" Approve { 1 proposal, 2 digest },
    32 "decline" Decline { 1 proposal },
    33 "fund-pool" FundPool { 1 pool, 2 amount },
    40 "earn" Earn { 1 account, 2 event, 3 evidence, 4 amount, 5 days_early, 6 role },
    41 "grant" Grant { 1 to, 2 amount, 3 policy },
    42 "transfer" Transfer { 1 to, 2 amount },
    43 "pay" Pay(payment),
    44 "authorise" Authorise(payment),
    45 "capture" Capture { 1 hold, 2 amount },
    46 "void" Void { 1 hold },
    47 "refund" Refund { 1 payment, 2 amount, 3 lines, 4 reason },
    48 "redeem" Redeem { 1 amount },
    50 "set-guard" SetGuard { 1 account, 2 policy },
    51 "remove-guard" RemoveGuard { 1 account, 2 policy },
    52 "freeze" Freeze { 1 account },
    53 "unfreeze" Unfreeze { 1 account },
    54 "set-shared-guard" SetSharedGuard { 1 over, 2 policy, 3 starts },
    55 "remove-shared-guard" RemoveSharedGuard { 1 over, 2 policy },
    60 "ask" Ask { 1 request, 2 reason },
    61 "answer-ask" AnswerAsk { 1 ward, 2 ask, 3 answer },
    62 "set-quorum" SetQuorum { 1 ward, 2 quorum },
    63 "agree-change" AgreeChange { 1 ward, 2 change, 3 digest },
    64 "end-change" EndChange { 1 ward, 2 change },
    65 "confirm-consent" ConfirmConsent { 1 ward, 2 guardian, 3 consent },
    66 "share-shops" ShareShops { 1 guardian, 2 shared },
    70 "set-allowance" SetAllowance { 1 to, 2 terms },
    71 "change-allowance" ChangeAllowance { 1 allowance, 2 terms },
    72 "end-allowance" EndAllowance { 1 giver, 2 allowance },
    73 "name-key" NameKey { 1 key, 2 name },
    74 "unlock-key" UnlockKey { 1 key },
    75 "set-recovery-key" SetRecoveryKey { 1 key },
    76 "recover" Recover { 1 key },
    77 "cancel-recovery" CancelRecovery,
    80 "close-day" CloseDay { 1 day },
    81 "set-till" SetTill { 1 key, 2 rights },
    82 "set-chore" SetChore { 1 ward, 2 terms },
    83 "mark-chore" MarkChore { 1 chore, 2 day },
    84 "answer-chore" AnswerChore { 1 ward, 2 chore, 3 day, 4 done, 5 note },
    85 "end-chore" EndChore { 1 ward, 2 chore },
    86 "set-givers" SetGivers { 1 ward, 2 only, 3 givers },
} }

wire_choice! { Over "over" { 1 "city" City, 2 "household" Household(number) } }

wire_choice! { Proposal "proposal" {
    1 "mint" Mint { 1 amount, 2 reason },
    2 "burn" Burn { 1 amount, 2 reason },
    3 "claw-back" ClawBack { 1 account, 2 lot, 3 amount, 4 reason },
    4 "recover" Recover { 1 account, 2 key },
} }

wire_code! { AccountKind "account kind" { 1 Person, 2 Merchant, 3 Service, 4 Officer, 5 Pool } }
wire_code! { KeyRole "key role" { 1 Owner, 2 Cashier, 3 Manager } }
wire_code! { ListKind "list kind" { 1 Merchants, 2 Products, 3 Persons } }
wire_map! { Attributes {
    1 age, 2 age_until, 3 district, 4 household, 5 children, 6 groups, 7 of_age_from,
    8 private_from,
} }
wire_map! { MerchantProfile { 1 name, 2 categories, 3 district, 4 groups, 5 mcc, 6 online } }
wire_map! { Payment { 1 request, 2 part, 3 lots } }
