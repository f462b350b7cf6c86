# A child asks from a refusal: once, today, another rule, no.
# Steps: `do WHO WORDS` must work, `no WHO WORDS ! EXIT NAME` must be refused, `say LANG WHO WORDS` prints text, `let NAME = WHO WORDS @ PATH`
# keeps a value of the answer, `clock TIME`, `has WHO AMOUNT`. Indented: what the answer must hold (`path = value`; `path.count` of a list) or say.

do child wallet guardian ask {mother}
do mother wallet guardian accept {child} --consent phone --evidence 1
let limit = mother wallet adopt home.limit --arg "daily=4_000 won" @ policy
do mother wallet guard set {limit} --account {child}

# Nothing to ask about what passes, and nobody to ask about what no guardian may let through.
let bread = bakery wallet request 4000 @ request
no child wallet ask send {bread} ! 6 ask-needless
let dear = bakery wallet request 20001 @ request
no child wallet ask send {dear} ! 7 not-enough

# Once.
let cake = bakery wallet request 6000 --minutes 60 @ request
no child wallet pay {cake} ! 7 rules
  pass_now = 4000
  hint = "`scoin wallet ask send` asks your guardian"
do child wallet ask send {cake} --reason "생일 케이크"
  effect.kind = pending
  effect.missing = 1
do child wallet ask send {cake}
  effect.missing = 1
do mother wallet sync
  asked = 1
say en mother wallet sync
  1 question waits for your answer
say ko mother wallet ask list
  빵집에서 6,000원만큼 써도 되는지 물어봤어요.
  까닭: 생일 케이크
say zh child wallet ask list
  在빵집付 6,000韩元。还没有人答复。
let ask = mother wallet ask list @ items.0.ask
do mother wallet ask list
  items.0.standing = open
  items.0.amount = 6000
  items.0.own = false
no father wallet ask allow {ask} ! 3 not-found
do child wallet can-pay {cake}
  passes = 4000
do mother wallet ask allow {ask}
  effect.kind = done
do child wallet can-pay {cake}
  passes = 6000
say en child wallet ask list
  You can pay 6,000 won at 빵집 now, until 15:45.
do child wallet pay {cake}
  effect.amount = 6000
has child 14000
no mother wallet ask allow {ask} ! 6 ask-closed
no child wallet pay {cake} ! 6 request-paid
do mother wallet sync
  asked = 0

# What was let through is not counted: the day's own 4,000 are all there.
do child wallet pay {bread}
  effect.amount = 4000
has child 10000

# No, in a child's words.
let pie = bakery wallet request 500 @ request
no child wallet pay {pie} ! 7 rules
do child wallet ask send {pie}
let ask = mother wallet ask list @ items.1.ask
do mother wallet ask decline {ask} --note "저녁에 같이 먹자"
say ko child wallet ask list
  다음에 사기로 해요. 저녁에 같이 먹자
say en mother wallet ask list
  You are asked about 500 won at 빵집.
no child wallet ask send {pie} ! 6 ask-closed
no child wallet pay {pie} ! 7 rules

# A yes is for a quarter of an hour.
let tart = bakery wallet request 700 --minutes 60 @ request
do child wallet ask send {tart}
let ask = mother wallet ask list @ items.2.ask
do mother wallet ask allow {ask}
clock 2026-03-03T15:46:00+09:00
no child wallet pay {tart} ! 7 rules
say en child wallet ask list
  The answer about 700 won at 빵집 is past its time. Ask again.

# Today, at this shop, up to an amount.
do child wallet ask send {tart}
let ask = mother wallet ask list @ items.1.ask
do mother wallet ask allow {ask} --today 1500
say ko child wallet ask list
  24:00까지 빵집에서 1,500원까지 낼 수 있어요.
do child wallet pay {tart}
let more = bakery wallet request 801 @ request
no child wallet pay {more} ! 7 rules
let rest = bakery wallet request 800 @ request
do child wallet can-pay {rest}
  passes = 800
do child wallet pay {rest}
let atlas = bookshop wallet request 10 @ request
no child wallet pay {atlas} ! 7 rules
has child 8500

# Another rule instead, and the payment is judged again.
clock 2026-03-04T10:00:00+09:00
let atlas = bookshop wallet request 6000 @ request
do child wallet ask send {atlas}
let ask = mother wallet ask list @ items.0.ask
let wide = mother wallet adopt home.limit --arg "daily=7_000 won" @ policy
do mother wallet ask change {ask} --remove {limit} --set {wide}
  effect.kind = done
say en child wallet ask list
  A rule was changed for 6,000 won at 책방. Try to pay again.
do child wallet pay {atlas}
let more = bookshop wallet request 1001 @ request
no child wallet pay {more} ! 7 rules
  pass_now = 1000

# Who has taken a yes back, or is a guardian no more, lets nothing through.
do child wallet ask send {more}
let ask = mother wallet ask list @ items.1.ask
do mother wallet ask allow {ask}
do mother wallet ask decline {ask}
no child wallet pay {more} ! 7 rules
has child 2500
