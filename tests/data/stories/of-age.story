# The day from which a child decides alone, to the second. The words of a step are explained in the-ask.story.

do child wallet guardian ask {mother}
do mother wallet guardian accept {child} --consent phone --evidence 1
let limit = mother wallet adopt home.limit --arg "daily=4_000 won" @ policy
do mother wallet guard set {limit} --account {child}
do mother wallet family show {child}
  of_age = null

# Shown ahead, to both.
do city/officers/1 account attest {child} --age 18 --age-until 2026-03-13 --of-age-from 2026-04-14
do child wallet sync
  of_age.count = 0
do city/officers/1 account attest {child} --age 18 --age-until 2026-03-13 --of-age-from 2026-03-14
do child wallet family show
  of_age.from = 2026-03-14
  of_age.reached = false
do child wallet sync
  of_age.0.from = 2026-03-14
  of_age.0.own = true
do mother wallet sync
  of_age.0.account = {child}
  of_age.0.own = false
say en child wallet family show
  From 2026-03-14 you decide alone: your guardians’ rules and locks end, your money stays.
say ko child wallet sync
  알림: 2026-03-14부터 혼자 정해요.
say zh mother wallet family show {child}
  2026-03-14起由
say en mother wallet sync
  decides alone. Your rules and locks end, the money stays.

# The last second.
clock 2026-03-13T23:59:59+09:00
let cake = bakery wallet request 6000 --minutes 60 @ request
let pie = bakery wallet request 7000 --minutes 60 @ request
no child wallet pay {cake} ! 7 rules
  pass_now = 4000
do child wallet ask send {cake}
do mother wallet freeze {child}
no child wallet pay {cake} ! 7 frozen
no child wallet unfreeze ! 5 not-allowed
has child 20000

# And the first one. The guard and the freeze are gone, the money is there.
clock 2026-03-14T00:00:00+09:00
has child 20000
do child wallet can-pay {cake}
  passes = 6000
do child wallet pay {cake}
  effect.amount = 6000
no mother wallet freeze {child} ! 5 not-allowed
no mother wallet guard set {limit} --account {child} ! 5 not-allowed
no mother wallet family show {child} ! 4 not-authorised
no child wallet guardian ask {father} ! 6 of-age
do child wallet pay {pie}
has child 7000

# Both are told, and both have a line of it.
do child wallet sync
  came_of_age.count = 0
say en mother wallet sync
  decides alone from now on. Your rules and locks have ended, the money has stayed.
do mother wallet sync
  came_of_age.count = 0
do mother wallet history
  items.0.action = set-guard
  items.2.action = of-age
  items.2.other = {child}
say ko child wallet family show
  2026-03-14부터 혼자 정하고 있어요.

# Stating the age again does not take the day back.
do city/officers/1 account attest {child} --age 19 --age-until 2026-12-31
do child wallet family show
  of_age.from = 2026-03-14
  of_age.reached = true
