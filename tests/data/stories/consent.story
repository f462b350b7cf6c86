# No child is linked without a consent that says how it was made sure of. The words of a step are explained in the-ask.story.

do child wallet guardian ask {mother}
no mother wallet guardian accept {child} ! 6 consent-required
  code = 2044
  hint = "say how the consent was made sure of: `--consent WAY --evidence NUMBER`"
do child wallet family show
  guardians.count = 0
  consents.count = 0

# Said in the wallet, with a message, a card or a phone beside it.
do mother wallet guardian accept {child} --consent message --evidence SMS-2026-17
do child wallet family show
  guardians.0 = {mother}
  consents.0.way = message
  consents.0.guardian = {mother}
  consents.0.confirmed_by = null
say en child wallet family show
  Consent: by text message.
say ko mother wallet family show {child}
  동의 확인: 문자메시지.
say zh mother wallet family show {child}
  同意方式：短信。
do mother wallet guardian end {child}
do child wallet guardian ask {mother}
do mother wallet guardian accept {child} --consent card --evidence PG-99
do mother wallet guardian end {child}
do child wallet guardian ask {mother}
do mother wallet guardian accept {child} --consent phone --evidence CI-5
do mother wallet guardian end {child}

# Seen or heard by an office: an officer confirms it first, and it is this one and no other.
do child wallet guardian ask {mother}
no mother wallet guardian accept {child} --consent paper --evidence "2026-114" ! 6 consent-unconfirmed
  hint = "an officer confirms it first: `scoin account consent`"
no mother account consent {child} {mother} --consent paper --evidence "2026-114" ! 5 not-allowed
do city/officers/1 account consent {child} {mother} --consent paper --evidence "2026-114"
no mother wallet guardian accept {child} --consent paper --evidence "2026-115" ! 6 consent-unconfirmed
do mother wallet guardian accept {child} --consent paper --evidence "2026-114"
do mother wallet guardian end {child}
do child wallet guardian ask {mother}
do city/officers/2 account consent {child} {mother} --consent mail --evidence M-1
do mother wallet guardian accept {child} --consent mail --evidence M-1
do mother wallet guardian end {child}
do child wallet guardian ask {mother}
do city/officers/2 account consent {child} {mother} --consent call --evidence T-1
do mother wallet guardian accept {child} --consent call --evidence T-1

# All six are kept, with who confirmed them.
let officer = city/officers/2 wallet address @ address
do mother wallet family show {child}
  consents.count = 6
  consents.0.way = message
  consents.1.way = card
  consents.2.way = phone
  consents.3.way = paper
  consents.4.way = mail
  consents.5.way = call
  consents.5.confirmed_by = {officer}
do mother wallet history
  items.0.action = accept-ward
