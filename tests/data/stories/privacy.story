# From the day on which a child's shops are its own: sums and kinds of shops, not which. The words of a step are explained in the-ask.story.

do child wallet guardian ask {mother}
do mother wallet guardian accept {child} --consent phone --evidence 1
let bread = bakery wallet request 3000 --reference till-1 @ request
do child wallet pay {bread}
do mother wallet history --account {child}
  items.0.action = pay
  items.0.change = -3000
  items.0.other = {bakery}
  items.0.reference = till-1
no father wallet history --account {child} ! 4 not-authorised

# Shown ahead, to both.
do city/officers/1 account attest {child} --age 13 --age-until 2026-03-13 --private-from 2026-03-14
do child wallet family show
  private.from = 2026-03-14
  private.reached = false
  of_age = null
do mother wallet sync
  of_age.0.right = private
  of_age.0.account = {child}
say en mother wallet family show {child}
  From 2026-03-14 you see how much
say ko child wallet sync
  알림: 2026-03-14부터 보호자는 금액과 가게 종류만 봐요.
say zh child wallet family show
  2026-03-14起监护人只看到金额和商家种类

# The day.
clock 2026-03-14T00:00:00+09:00
do mother wallet history --account {child}
  items.0.action = attest
  items.1.change = -3000
  items.1.other = null
  items.1.reference = null
  items.1.kinds.0 = food.bakery
do child wallet history
  items.1.other = {bakery}

# The child shares it, and ends that.
no mother wallet family share {mother} ! 3 no-such-thing
do child wallet family share {mother}
do child wallet family show
  shops_shared.0 = {mother}
do mother wallet history --account {child}
  items.2.other = {bakery}
do child wallet family share {mother} --stop
do mother wallet history --account {child}
  items.3.other = null

# The rules hold as before: seeing less is not deciding less.
do mother wallet freeze {child}
let roll = bakery wallet request 100 --minutes 60 @ request
no child wallet pay {roll} ! 7 frozen
no child wallet ask send {roll} ! 7 frozen
