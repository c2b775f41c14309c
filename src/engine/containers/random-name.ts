const adjectives =
  `able agile alert amber ample ardent astute avid balmy bold brave breezy bright brisk buoyant calm
candid canny careful cheery civil clear clever coastal cordial crisp curious daring dashing deft devoted dogged
durable eager earnest easy even fair faithful fearless fleet fluent fond frank free fresh gallant gentle genial
gifted glad golden graceful grand handy hardy hearty helpful honest humble jaunty jolly joyful keen kind lasting
level lively logical loyal lucid lucky mellow merry mighty mild modest neat nimble noble patient plucky polite
prompt proud quick quiet rapid ready robust rugged salty serene sharp silent sincere skilled sleek smart smooth
snug sober solid sound spry stable staunch steady stellar stout sturdy sunny sure swift tender tidy tireless
tranquil trim true trusty upbeat valiant vivid warm wary wise witty zesty`.split(/\s+/);

/** Sailors, ship builders, explorers of the sea, and people who made computing what it is. */
const surnames =
  `aiken allen amdahl amundsen ancona anson atanasoff babbage bachman backus baffin baker barents baret
bartik beaufort bell bellingshausen bering bernoulli berners boole boyce brendan brooks brunel brunner bush cabot
cadamosto cajun cartier cerf chamberlin champlain charcot chichester cipolla clarke cocke codd colomb columbus
conway cook corbato cousteau cray dahl dampier davies davis denning dias dijkstra drake dreyfus drucker dumont
easley eckert eich elcano ellison engelbart erikson ershov estridge fano faulkner feinler feistel fitzroy flinders
floyd flowers forrester franklin frobisher gama garcia gatty goldberg goldstine gosling gray hamilton hamming hanno
hawkins hejlsberg hellman heyerdahl hoare hoff holberton hollerith hopper howard hudson huffman hunter huxley
ingstad iverson jacquard jellicoe johnson jones joy kahn kapor karp kay kemeny kepes kernighan kilburn kildall
kleene kleinrock knox knuth krebs kurtz lamarr lamport lampson landin leibniz lermontov licklider lind liskov
lovelace magellan mauchly mccarthy mcilroy melville metcalfe michie milner minsky moitessier moore morris murray
nansen nares naur nelson newell noyce nygaard olsen pascal paxton perlis perlman peary polo postel pytheas quadros
raleigh rejewski ritchie roberts ross rozycki samuel scholes scott sebag severin shackleton shannon shaw sherwood
shoch sinan slocum spence stallman steele stibitz strachey stroustrup sutherland tarjan tasman thacker thompson
tolkien torvalds traub trevithick turing ulam vancouver vespucci vinge wallis walker watson weddell weizenbaum
wheeler wiener wilkes wilkinson williams wirth worsley wulf yates zheng zuse zygalski`.split(/\s+/);

const pick = (words: readonly string[]) => words[Math.floor(Math.random() * words.length)] ?? "hull";

/** A name like `steady_hopper` that nobody has; a number is appended when luck runs out. */
export function randomName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt++) {
    const plain = `${pick(adjectives)}_${pick(surnames)}`;
    const name =
      attempt < 6 ? plain : `${plain}${Math.floor(Math.random() * 10 ** Math.min(attempt - 5, 9))}`;
    if (!isTaken(name)) return name;
  }
}
