// The Java classes of the script guide, loaded when a script first names one. A function of the base prelude's kit
// that answers them by full name.
(function (kit) {
  const { hide, same, compare, unbox, newMap, isMap, out, serviceLocator, host, Dates } = kit;
  const classes = Object.create(null);

  // define makes a class: construct builds what `new` answers, is decides instanceof.
  function define(names, construct, is, statics) {
    const Type = function (...args) { return construct(args, new.target !== undefined); };
    Object.defineProperty(Type, Symbol.hasInstance, { value: is });
    hide(Type, statics || {});
    for (const name of names) classes[name] = Type;
    return Type;
  }

  function abstract(name) {
    return () => { throw new TypeError("class " + name + " has no constructor"); };
  }

  // ---- collections ---------------------------------------------------------------------------------------------
  const isList = (value) => Array.isArray(value);
  const newList = ([source]) => (source !== null && typeof source === "object" ? Array.from(source) : []);
  define(["java.util.ArrayList", "java.util.LinkedList", "java.util.Vector"], newList, isList);
  define(["java.util.List", "java.util.Collection"], abstract("java.util.List"), isList);
  define(["java.util.HashMap", "java.util.LinkedHashMap", "java.util.TreeMap"], ([source]) => newMap(source), isMap);
  define(["java.util.Map"], abstract("java.util.Map"), isMap);
  define(["java.util.Iterator"], abstract("java.util.Iterator"), (o) => o !== null && typeof o.hasNext === "function");

  const sets = new WeakSet();
  function newSet([source]) {
    const set = hide([], { add(item) { return this.contains(item) ? false : this.push(item) > 0; } });
    sets.add(set);
    if (source !== null && typeof source === "object") for (const item of source) set.add(item);
    return set;
  }
  define(["java.util.HashSet", "java.util.LinkedHashSet", "java.util.TreeSet"], newSet, (o) => sets.has(o));
  define(["java.util.Set"], abstract("java.util.Set"), (o) => sets.has(o));
  define(["java.util.Arrays"], abstract("java.util.Arrays"), () => false, {
    asList: (...items) => (items.length === 1 && isList(items[0]) ? items[0] : items),
    toString: (list) => "[" + list.join(", ") + "]",
    equals: (a, b) => same(a, b),
  });

  // ---- java.lang -----------------------------------------------------------------------------------------------
  function whole(text, radix) {
    const digits = String(text);
    const value = parseInt(digits, radix || 10);
    if (!/^[+-]?[0-9a-z]+$/i.test(digits) || Number.isNaN(value)) throw new TypeError("not a number: " + digits);
    return value;
  }
  const boxed = (convert) => ([value], made) => (made ? Object(convert(value)) : convert(value));
  const truth = (value) => value === true || String(value).toLowerCase() === "true";
  const integer = { parseInt: whole, parseLong: whole, valueOf: whole, toString: (n, radix) => n.toString(radix),
    toHexString: (n) => (n >>> 0).toString(16), compare };
  define(["java.lang.Boolean"], boxed((v) => truth(unbox(v))), (o) => typeof unbox(o) === "boolean",
    { TRUE: true, FALSE: false, valueOf: truth, parseBoolean: truth, toString: String });
  define(["java.lang.Integer"], boxed((v) => whole(unbox(v))), (o) => Number.isInteger(unbox(o)),
    { ...integer, MAX_VALUE: 2147483647, MIN_VALUE: -2147483648 });
  define(["java.lang.Long"], boxed((v) => whole(unbox(v))), (o) => Number.isInteger(unbox(o)),
    { ...integer, MAX_VALUE: Number.MAX_SAFE_INTEGER, MIN_VALUE: Number.MIN_SAFE_INTEGER });
  define(["java.lang.Double"], boxed((v) => Number(unbox(v))), (o) => typeof unbox(o) === "number",
    { parseDouble: Number, valueOf: Number, toString: String });
  define(["java.lang.String"], ([value], made) => (made ? Object(String(value === undefined ? "" : value)) : String(value)),
    (o) => typeof unbox(o) === "string", { valueOf: String, join: (separator, ...items) => items.flat().join(separator) });
  define(["java.lang.Object"], () => newMap(), (o) => o !== null && o !== undefined);
  classes["java.lang.Math"] = Math;
  classes["java.lang.System"] = { out, err: out, currentTimeMillis: () => Dates.now(), lineSeparator: () => "\n" };

  class Exception extends Error {}
  class RuntimeException extends Exception {}
  Object.defineProperty(Exception, Symbol.hasInstance, { value: (o) => o instanceof Error });
  classes["java.lang.Exception"] = Exception;
  classes["java.lang.RuntimeException"] = RuntimeException;

  const builder = {
    append(value) { this.parts += String(value); return this; },
    insert(at, value) { this.parts = this.parts.slice(0, at) + String(value) + this.parts.slice(at); return this; },
    reverse() { this.parts = Array.from(this.parts).reverse().join(""); return this; },
    setLength(size) { this.parts = this.parts.slice(0, size); },
    deleteCharAt(at) { this.parts = this.parts.slice(0, at) + this.parts.slice(at + 1); return this; },
    charAt(at) { return this.parts.charAt(at); },
    indexOf(part) { return this.parts.indexOf(part); },
    length() { return this.parts.length; },
    toString() { return this.parts; },
    toWire() { return this.parts; },
  };
  define(["java.lang.StringBuilder", "java.lang.StringBuffer"], ([start]) =>
    hide(hide({}, { parts: typeof start === "string" ? start : "" }), builder), (o) => o !== null && o.append === builder.append);

  // ---- dates, all in UTC ---------------------------------------------------------------------------------------
  function newDate(args) {
    if (args.length > 1) throw new TypeError("java.util.Date takes milliseconds or nothing: use java.util.Calendar");
    return args.length === 0 ? new Dates() : new Dates(unbox(args[0]));
  }
  define(["java.util.Date"], newDate, (o) => Object.prototype.toString.call(o) === "[object Date]");

  const calendarFields = { YEAR: 1, MONTH: 2, WEEK_OF_YEAR: 3, DATE: 5, DAY_OF_MONTH: 5, DAY_OF_YEAR: 6, DAY_OF_WEEK: 7,
    AM_PM: 9, HOUR: 10, HOUR_OF_DAY: 11, MINUTE: 12, SECOND: 13, MILLISECOND: 14 };
  const calendarNames = { JANUARY: 0, FEBRUARY: 1, MARCH: 2, APRIL: 3, MAY: 4, JUNE: 5, JULY: 6, AUGUST: 7, SEPTEMBER: 8,
    OCTOBER: 9, NOVEMBER: 10, DECEMBER: 11, SUNDAY: 1, MONDAY: 2, TUESDAY: 3, WEDNESDAY: 4, THURSDAY: 5, FRIDAY: 6,
    SATURDAY: 7, AM: 0, PM: 1 };
  const dayMillis = 86400000;
  const startOfYear = (d) => Dates.UTC(d.getUTCFullYear(), 0, 1);
  const readers = {
    1: (d) => d.getUTCFullYear(), 2: (d) => d.getUTCMonth(), 5: (d) => d.getUTCDate(), 7: (d) => d.getUTCDay() + 1,
    3: (d) => Math.floor((Math.floor((d - startOfYear(d)) / dayMillis) + new Dates(startOfYear(d)).getUTCDay()) / 7) + 1,
    6: (d) => Math.floor((d - startOfYear(d)) / dayMillis) + 1, 9: (d) => (d.getUTCHours() < 12 ? 0 : 1),
    10: (d) => d.getUTCHours() % 12, 11: (d) => d.getUTCHours(), 12: (d) => d.getUTCMinutes(),
    13: (d) => d.getUTCSeconds(), 14: (d) => d.getUTCMilliseconds(),
  };
  const setters = { 1: "setUTCFullYear", 2: "setUTCMonth", 5: "setUTCDate", 11: "setUTCHours", 12: "setUTCMinutes",
    13: "setUTCSeconds", 14: "setUTCMilliseconds" };
  const lengths = { 3: 7 * dayMillis, 5: dayMillis, 6: dayMillis, 7: dayMillis, 10: 3600000, 11: 3600000, 12: 60000,
    13: 1000, 14: 1 };

  function addMonths(date, months) {
    const day = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + months);
    const last = new Dates(Dates.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    date.setUTCDate(Math.min(day, last));
  }

  class Calendar {
    constructor(time) { hide(this, { time: new Dates(time) }); }
    getTime() { return new Dates(this.time.getTime()); }
    setTime(date) { this.time = new Dates(date.getTime()); }
    getTimeInMillis() { return this.time.getTime(); }
    setTimeInMillis(millis) { this.time = new Dates(millis); }
    get(field) { return pick(readers, field, "read")(this.time); }
    set(field, value, ...rest) {
      if (rest.length > 0) return this.setAll([field, value, ...rest]);
      this.time[pick(setters, field, "set")](value);
    }
    setAll([year, month, day, hour, minute, second]) {
      this.time.setUTCFullYear(year, month, day);
      if (hour !== undefined) this.time.setUTCHours(hour, minute || 0, second || 0);
    }
    add(field, amount) {
      if (field === 1) addMonths(this.time, 12 * amount);
      else if (field === 2) addMonths(this.time, amount);
      else this.time = new Dates(this.time.getTime() + pick(lengths, field, "add to") * amount);
    }
    before(other) { return this.getTimeInMillis() < other.getTimeInMillis(); }
    after(other) { return this.getTimeInMillis() > other.getTimeInMillis(); }
    compareTo(other) { return compare(this.getTimeInMillis(), other.getTimeInMillis()); }
    equals(other) { return other instanceof Calendar && this.compareTo(other) === 0; }
    clone() { return new Calendar(this.time); }
    toString() { return this.time.toISOString(); }
    toWire() { return this.time; }
  }
  hide(Calendar.prototype, { ...calendarFields, ...calendarNames });

  function pick(table, field, verb) {
    if (!(field in table)) throw new RangeError("cannot " + verb + " calendar field " + field);
    return table[field];
  }
  const isCalendar = (o) => o !== null && typeof o === "object" && Object.getPrototypeOf(o) === Calendar.prototype;
  define(["java.util.Calendar"], abstract("java.util.Calendar"), isCalendar,
    { ...calendarFields, ...calendarNames, getInstance: () => new Calendar(Dates.now()) });
  define(["java.util.GregorianCalendar"], (args) => {
    const calendar = new Calendar(args.length === 0 ? Dates.now() : 0);
    if (args.length > 0) calendar.setAll(args);
    return calendar;
  }, isCalendar, { ...calendarFields, ...calendarNames });

  define(["com.soffid.iam.json.CalendarConverter"], () => ({
    toString: (date) => (date === null || date === undefined ? null : (date.toWire ? date.toWire() : date).toISOString()),
    fromString: (value) => {
      const millis = Dates.parse(value);
      if (Number.isNaN(millis)) throw new TypeError("not a date: " + value);
      return new Calendar(millis);
    },
  }), () => false);

  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  const digits = (n, size) => String(n).padStart(size, "0");
  const writers = {
    y: (d, n) => (n === 2 ? digits(d.getUTCFullYear() % 100, 2) : digits(d.getUTCFullYear(), n)),
    M: (d, n) => (n > 3 ? months[d.getUTCMonth()] : n === 3 ? months[d.getUTCMonth()].slice(0, 3) : digits(d.getUTCMonth() + 1, n)),
    d: (d, n) => digits(d.getUTCDate(), n), D: (d, n) => digits(readers[6](d), n),
    E: (d, n) => (n > 3 ? days[d.getUTCDay()] : days[d.getUTCDay()].slice(0, 3)),
    H: (d, n) => digits(d.getUTCHours(), n), h: (d, n) => digits(d.getUTCHours() % 12 || 12, n),
    m: (d, n) => digits(d.getUTCMinutes(), n), s: (d, n) => digits(d.getUTCSeconds(), n),
    S: (d, n) => digits(d.getUTCMilliseconds(), n), a: (d) => (d.getUTCHours() < 12 ? "AM" : "PM"),
    z: () => "UTC", Z: () => "+0000", X: () => "Z",
  };

  // pieces cuts a pattern into letters with their count and quoted or plain text.
  function pieces(pattern) {
    const list = [];
    const scan = /'((?:[^']|'')*)'|([a-zA-Z])\2*|[^a-zA-Z']+/g;
    for (let m = scan.exec(pattern); m !== null; m = scan.exec(pattern)) {
      if (m[1] !== undefined) list.push({ text: m[1] === "" ? "'" : m[1].replace(/''/g, "'") });
      else if (m[2] === undefined) list.push({ text: m[0] });
      else if (m[2] in writers) list.push({ letter: m[2], count: m[0].length });
      else throw new TypeError("letter " + m[2] + " is not known in date patterns");
    }
    return list;
  }

  class DateReader {
    constructor(text) { this.text = text; this.at = 0; }
    fail() { throw new TypeError("not a date of this pattern: " + this.text); }
    literal(part) { if (this.text.startsWith(part, this.at)) this.at += part.length; else this.fail(); }
    number(size) {
      const m = /^\d+/.exec(this.text.slice(this.at, size > 0 ? this.at + size : undefined));
      if (m === null) this.fail();
      this.at += m[0].length;
      return Number(m[0]);
    }
    word(names) {
      const rest = this.text.slice(this.at).toLowerCase();
      for (const full of [true, false]) {
        for (let i = 0; i < names.length; i++) {
          const name = (full ? names[i] : names[i].slice(0, 3)).toLowerCase();
          if (rest.startsWith(name)) { this.at += name.length; return i; }
        }
      }
      return this.fail();
    }
    zone() {
      const m = /^(?:Z|UTC|GMT|[+-]\d\d:?\d\d)/.exec(this.text.slice(this.at));
      if (m === null) this.fail();
      this.at += m[0].length;
      if (!/^[+-]/.test(m[0])) return 0;
      const minutes = Number(m[0].slice(1, 3)) * 60 + Number(m[0].slice(-2));
      return m[0][0] === "-" ? -minutes : minutes;
    }
  }

  function parseDate(text, list) {
    const reader = new DateReader(String(text));
    const f = { y: 1970, M: 1, d: 1, H: 0, m: 0, s: 0, S: 0, zone: 0 };
    list.forEach((piece, i) => {
      const { letter, count } = piece;
      if (letter === undefined) return reader.literal(piece.text);
      const adjacent = i + 1 < list.length && list[i + 1].letter !== undefined;
      const size = adjacent ? count : letter === "y" && count === 2 ? 2 : 0;
      if (letter === "M" && count > 2) f.M = reader.word(months) + 1;
      else if (letter === "E") reader.word(days);
      else if (letter === "a") f.a = reader.word(["AM", "PM"]);
      else if (letter === "z" || letter === "Z" || letter === "X") f.zone = reader.zone();
      else f[letter] = reader.number(size);
    });
    if (f.h !== undefined) f.H = (f.h % 12) + (f.a === 1 ? 12 : 0);
    const year = f.y < 100 && list.some((p) => p.letter === "y" && p.count === 2) ? f.y + (f.y < 50 ? 2000 : 1900) : f.y;
    return new Dates(Dates.UTC(year, f.M - 1, f.d, f.H, f.m, f.s, f.S) - f.zone * 60000);
  }

  define(["java.text.SimpleDateFormat"], ([pattern]) => {
    const list = pieces(pattern === undefined ? "M/d/yy, h:mm a" : String(pattern));
    return {
      format: (date) => list.map((p) => (p.letter === undefined ? p.text : writers[p.letter](date.toWire ? date.toWire() : date, p.count))).join(""),
      parse: (text) => parseDate(text, list),
      setTimeZone() {}, setLenient() {},
    };
  }, () => false);

  // ---- distinguished names (RFC 4514; the first RDN of the list is the last of the text, as in Java) ---------------
  function parseName(text) {
    const parts = [];
    let part = "", escaped = false, quoted = false;
    for (const ch of String(text)) {
      if (escaped || ch === "\\") { part += ch; escaped = !escaped; continue; }
      if (ch === '"') quoted = !quoted;
      if ((ch === "," || ch === ";") && !quoted) { parts.push(part); part = ""; continue; }
      part += ch;
    }
    if (part.trim() !== "" || parts.length > 0) parts.push(part);
    return parts.map(parseRdn).reverse();
  }

  function parseRdn(text) {
    const cut = text.indexOf("=");
    if (cut < 1) throw new TypeError("not a distinguished name: " + text);
    const rdn = newMap({ type: text.slice(0, cut).trim(), value: unescapeValue(text.slice(cut + 1)) });
    return hide(rdn, { toString: () => rdn.type + "=" + escapeValue(rdn.value) });
  }

  function unescapeValue(raw) {
    let text = raw.replace(/^\s+/, "").replace(/([^\\])\s+$/, "$1");
    if (/^".*"$/.test(text)) text = text.slice(1, -1);
    return text.replace(/((?:\\[0-9a-fA-F]{2})+)|\\(.)/g, (_, hex, ch) =>
      hex === undefined ? ch : decodeURIComponent(hex.replace(/\\/g, "%")));
  }

  function escapeValue(value) {
    return String(value).replace(/[,+"\\<>;]/g, "\\$&").replace(/^[ #]/, "\\$&").replace(/ $/, "\\ ");
  }

  function newName([text]) {
    const rdns = parseName(text);
    const join = (list) => list.slice().reverse().map(String).join(",");
    return { rdns, getRdns: () => rdns, getRdn: (i) => rdns.get(i), size: () => rdns.length, get: (i) => String(rdns.get(i)),
      isEmpty: () => rdns.length === 0, getPrefix: (n) => newName([join(rdns.slice(0, n))]),
      getSuffix: (n) => newName([join(rdns.slice(n))]), toString: () => join(rdns), toWire: () => join(rdns) };
  }
  define(["javax.naming.ldap.LdapName"], newName, () => false);
  define(["javax.naming.ldap.Rdn"], ([text, value]) => parseRdn(value === undefined ? text : text + "=" + escapeValue(value)),
    () => false, { escapeValue, unescapeValue });

  // ---- Soffid --------------------------------------------------------------------------------------------------
  define(["com.soffid.iam.ServiceLocator", "es.caib.seycon.ng.ServiceLocator"], () => serviceLocator, () => false,
    { instance: () => serviceLocator });
  define(["com.soffid.iam.crypt.Crypt"], abstract("com.soffid.iam.crypt.Crypt"), () => false, {
    hash: (algorithm, text) => host.hash(algorithm, text),
    verify: (algorithm, text, hash) => host.verify(algorithm, text, hash),
    pBKDF2Sha256: (text, salt, iterations) => host.derive("pBKDF2Sha256", text, salt, iterations),
    pBKDF2Sha1: (text, salt, iterations) => host.derive("pBKDF2Sha1", text, salt, iterations),
    genSaltBytes: (size) => host.salt(size, false),
    genSalt: (size) => host.salt(size, true),
  });

  return classes;
})
