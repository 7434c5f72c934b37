// The world every script starts in: Java-style methods on strings, lists and maps, the host objects, and caps on the
// built-ins that can allocate without bound. Runs in strict mode as a function of the natives.
(function (host) {
  const { call, write, sleep, later, cancel, refusal, data, constant, java, resource, load } = host;
  const kindMark = Symbol("kind");
  const classMark = Symbol("class");
  const global = globalThis;
  const Dates = Date, Bytes = Uint8Array;

  // hide adds members that loops over keys do not meet.
  function hide(target, members) {
    for (const key of Object.keys(members)) {
      Object.defineProperty(target, key, { value: members[key], writable: true, configurable: true, enumerable: false });
    }
    return target;
  }

  // adopt puts methods behind a built-in prototype, where its own come first and loops over keys do not look. It is
  // much cheaper than hiding each: every call of a script pays for this prelude.
  function adopt(prototype, Methods) {
    Object.setPrototypeOf(prototype, Methods.prototype);
  }

  function failure(message, kind) {
    const error = new Error(message);
    Object.defineProperty(error, kindMark, { value: kind });
    return error;
  }

  function refuse(sentence) {
    throw failure(sentence, "refused");
  }

  // ---- caps ----------------------------------------------------------------------------------------------------
  const maxText = 16 * 1024 * 1024;
  const maxItems = 2 * 1024 * 1024;

  function tooLarge(what) {
    throw new RangeError(what + " would be larger than scripts may build");
  }

  const { repeat, padStart, padEnd } = String.prototype;
  const { join } = Array.prototype;
  const grown = {
    repeat(count) {
      const text = String(this);
      if (text.length * count > maxText) tooLarge("the text");
      return repeat.call(text, count);
    },
    padStart(size, filler) {
      if (size > maxText) tooLarge("the text");
      return padStart.call(this, size, filler);
    },
    padEnd(size, filler) {
      if (size > maxText) tooLarge("the text");
      return padEnd.call(this, size, filler);
    },
    join(separator) {
      if (this.length > maxItems) tooLarge("the text");
      return join.call(this, separator);
    },
  };
  // An assignment keeps a built-in property as hidden as it was.
  String.prototype.repeat = grown.repeat;
  String.prototype.padStart = grown.padStart;
  String.prototype.padEnd = grown.padEnd;
  Array.prototype.join = grown.join;

  // capped stands in for a constructor that takes a size as its only number.
  function capped(Class, limit, what) {
    const check = (args) => {
      if (args.length > 0 && typeof args[0] === "number" && args[0] > limit) tooLarge(what);
      if (args[0] !== null && typeof args[0] === "object" && args[0].length > limit) tooLarge(what);
    };
    const stand = new Proxy(Class, {
      apply(target, self, args) { check(args); return Reflect.apply(target, self, args); },
      construct(target, args, made) { check(args); return Reflect.construct(target, args, made); },
    });
    Class.prototype.constructor = stand;
    global[Class.name] = stand;
  }
  capped(Array, maxItems, "the list");
  capped(ArrayBuffer, maxText, "the buffer"); // a typed array of that size meets the memory limit

  // ---- values --------------------------------------------------------------------------------------------------
  const owns = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

  function unbox(value) {
    return value instanceof Boolean || value instanceof Number || value instanceof String ? value.valueOf() : value;
  }

  // same is Java's equals: by content for texts, numbers, dates, lists and maps.
  function same(a, b) {
    a = unbox(a); b = unbox(b);
    if (a === b) return true;
    if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
    if (a instanceof Dates && b instanceof Dates) return a.getTime() === b.getTime();
    if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
    if (!isMap(a) || !isMap(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((k) => owns(b, k) && same(a[k], b[k]));
  }

  // code is Java's hashCode for texts and numbers, and a combination of these for lists and maps.
  function code(value) {
    value = unbox(value);
    if (value === null || value === undefined) return 0;
    if (typeof value === "boolean") return value ? 1231 : 1237;
    if (typeof value === "number") return value | 0;
    if (Array.isArray(value)) return value.reduce((h, item) => (Math.imul(31, h) + code(item)) | 0, 1);
    if (isMap(value)) return Object.keys(value).reduce((h, k) => (h + (code(k) ^ code(value[k]))) | 0, 0);
    let h = 0;
    const text = String(value);
    for (let i = 0; i < text.length; i++) h = (Math.imul(31, h) + text.charCodeAt(i)) | 0;
    return h;
  }

  function compare(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  hide(Object.prototype, {
    equals(other) { return same(this, other); },
    hashCode() { return code(this); },
    // What a.length() of BeanShell becomes: a method if the object has one, else the property.
    $length() { return typeof this.length === "function" ? this.length() : this.length; },
    // What a{"b"} of BeanShell becomes where it is read: an entry of its own, never a method.
    $at(key) {
      if (typeof this === "string" || Array.isArray(this)) return this[key] === undefined ? null : this[key];
      return owns(this, key) && this[key] !== undefined ? this[key] : null;
    },
  });
  adopt(Number.prototype, class {
    intValue() { return this | 0; }
    longValue() { return Math.trunc(this); }
    doubleValue() { return this.valueOf(); }
    compareTo(other) { return compare(this.valueOf(), unbox(other)); }
  });
  adopt(Boolean.prototype, class {    booleanValue() { return this.valueOf(); }});
  adopt(String.prototype, class {
    equalsIgnoreCase(other) { return typeof unbox(other) === "string" && this.toLowerCase() === other.toLowerCase(); }
    isEmpty() { return this.length === 0; }
    isBlank() { return this.trim().length === 0; }
    contains(part) { return this.includes(part); }
    matches(pattern) { return new RegExp("^(?:" + pattern + ")$").test(this); }
    replaceFirst(pattern, by) { return this.replace(new RegExp(pattern), by); }
    compareTo(other) { return compare(this.valueOf(), unbox(other)); }
    compareToIgnoreCase(other) { return compare(this.toLowerCase(), other.toLowerCase()); }
    toCharArray() { return Array.from(this); }
    getBytes() { return host.utf8(String(this)); }
  });
  adopt(Dates.prototype, class {
    before(other) { return this.getTime() < other.getTime(); }
    after(other) { return this.getTime() > other.getTime(); }
    compareTo(other) { return compare(this.getTime(), other.getTime()); }
  });
  adopt(Error.prototype, class {
    getMessage() { return this.message; }
    getCause() { return this.cause === undefined ? null : this.cause; }
    printStackTrace() { write(String(this.stack) + "\n"); }
  });

  // ---- lists ---------------------------------------------------------------------------------------------------
  function bounded(list, index) {
    if (!(index >= 0 && index < list.length)) {
      throw new RangeError("index " + index + " is out of bounds for a list of " + list.length);
    }
    return index;
  }

  function find(list, item) {
    return list.findIndex((other) => same(other, item));
  }

  function iterator(list) {
    let next = 0;
    return {
      hasNext: () => next < list.length,
      next: () => list[bounded(list, next++)],
      remove: () => { list.splice(--next, 1); },
    };
  }

  adopt(Array.prototype, class {
    size() { return this.length; }
    get(index) { return this[bounded(this, index)]; }
    set(index, item) { const old = this[bounded(this, index)]; this[index] = item; return old; }
    isEmpty() { return this.length === 0; }
    add(...args) {
      if (args.length === 2) this.splice(args[0], 0, args[1]); else this.push(args[0]);
      return true;
    }
    addAll(items) { for (const item of items) this.add(item); return items.length > 0; }
    contains(item) { return find(this, item) >= 0; }
    containsAll(items) { return Array.from(items).every((item) => this.contains(item)); }
    remove(what) {
      if (typeof what === "number") return this.splice(bounded(this, what), 1)[0];
      const at = find(this, what);
      if (at >= 0) this.splice(at, 1);
      return at >= 0;
    }
    removeAll(items) {
      const before = this.length;
      for (let i = this.length - 1; i >= 0; i--) if (items.contains(this[i])) this.splice(i, 1);
      return this.length < before;
    }
    clear() { this.length = 0; }
    iterator() { return iterator(this); }
    subList(from, to) { return this.slice(from, to); }
    toArray() { return this.slice(); }
    getFirst() { return this.get(0); }
    getLast() { return this.get(this.length - 1); }
    addFirst(item) { this.unshift(item); }
    addLast(item) { this.push(item); }
    removeFirst() { return this.remove(0); }
    removeLast() { return this.remove(this.length - 1); }
  });

  // ---- maps and data objects -----------------------------------------------------------------------------------
  // The last prototype of a map answers getUserName(), setCode() and isActive() by property, and null for the rest:
  // a missing entry of a Java map is null.
  const beans = new Proxy(Object.create(Object.prototype), {
    get(target, key, receiver) {
      if (typeof key === "symbol" || key in target) return Reflect.get(target, key, receiver);
      const property = beanProperty(key);
      if (property === null) return null;
      if (key[0] === "s") return function (value) { put(this, property, value); };
      return function () { return this.$at(property); };
    },
  });

  function beanProperty(key) {
    const prefix = key.startsWith("is") ? 2 : key.startsWith("get") || key.startsWith("set") ? 3 : 0;
    if (prefix === 0 || key.length === prefix) return null;
    const first = key[prefix], second = key[prefix + 1];
    if (first < "A" || first > "Z") return null;
    if (second >= "A" && second <= "Z") return key.slice(prefix);
    return first.toLowerCase() + key.slice(prefix + 1);
  }

  function put(map, key, value) {
    const name = String(key);
    const old = map.$at(name);
    Object.defineProperty(map, name, { value: unbox(value), writable: true, configurable: true, enumerable: true });
    return old;
  }

  const mapPrototype = (class {
    get(key) { return this.$at(String(key)); }
    getOrDefault(key, other) { return owns(this, String(key)) ? this.$at(String(key)) : other; }
    put(key, value) { return put(this, key, value); }
    putIfAbsent(key, value) { return owns(this, String(key)) ? this.$at(String(key)) : put(this, key, value); }
    putAll(other) { for (const key of Object.keys(other)) put(this, key, other[key]); }
    remove(key) { const old = this.$at(String(key)); delete this[String(key)]; return old; }
    containsKey(key) { return owns(this, String(key)); }
    containsValue(value) { return Object.keys(this).some((key) => same(this[key], value)); }
    keySet() { return Object.keys(this); }
    values() { return Object.keys(this).map((key) => this[key]); }
    entrySet() { return Object.keys(this).map((key) => entry(this, key)); }
    size() { return Object.keys(this).length; }
    isEmpty() { return Object.keys(this).length === 0; }
    clear() { for (const key of Object.keys(this)) delete this[key]; }
    // The attributes of an extensible object are its entries.
    getAttribute(key) { return this.$at(String(key)); }
    setAttribute(key, value) { put(this, key, value); }
    toString() { return "{" + Object.keys(this).map((key) => key + "=" + this[key]).join(", ") + "}"; }
  }).prototype;
  Object.setPrototypeOf(mapPrototype, beans);

  function entry(map, key) {
    return { getKey: () => key, getValue: () => map[key], setValue: (value) => put(map, key, value),
      get key() { return key; }, get value() { return map[key]; } };
  }

  function isMap(value) {
    return mapPrototype.isPrototypeOf(value);
  }

  function newMap(source) {
    const map = Object.create(mapPrototype);
    if (source !== null && typeof source === "object") map.putAll(source);
    return map;
  }

  // A form's input field in an onLoad or onChange trigger: the caller reads back what the trigger set.
  // setWarning is told the row of a field with several values first.
  const fieldPrototype = hide(Object.create(mapPrototype), {
    invalidate() {},
    setWarning(row, text) { put(this, "warning", arguments.length > 1 ? text : row); },
  });

  function newData(short, source) {
    const object = newMap(source);
    Object.defineProperty(object, classMark, { value: short, configurable: true });
    return object;
  }

  // ---- classes -------------------------------------------------------------------------------------------------
  const known = new Map();
  let library = null;

  function typeOf(name) {
    let found = known.get(name);
    if (found !== undefined) return found;
    const sentence = refusal(name);
    if (sentence !== "") refuse(sentence);
    found = dataType(name);
    if (found === null) {
      if (library === null) library = java()(kit);
      found = library[name];
    }
    if (found === undefined) refuse("class " + name + " is refused: it is not among the classes of the script guide");
    known.set(name, found);
    return found;
  }

  function dataType(name) {
    const short = data(name);
    if (short === "") return null;
    const constants = constant(short);
    if (constants !== null) return constants;
    const Type = function (source) { return newData(short, source); };
    Object.defineProperty(Type, Symbol.hasInstance, { value: (o) => isMap(o) && o[classMark] === short });
    return Type;
  }

  // A package resolves further names lazily; a capital letter begins a class.
  function packageOf(path) {
    return new Proxy(Object.create(null), {
      get(_, key) {
        if (typeof key === "symbol" || key === "toJSON" || key === "then") return undefined;
        if (key === "toString") return () => path;
        const name = path === "" ? key : path + "." + key;
        return key[0] >= "A" && key[0] <= "Z" ? typeOf(name) : packageOf(name);
      },
    });
  }

  for (const root of ["java", "javax", "com", "es", "org"]) {
    Object.defineProperty(global, root, { value: packageOf(root), writable: true, configurable: true });
  }
  hide(global, { Packages: packageOf(""), Java: { type: (name) => typeOf(String(name)) } });

  // Classes the script names by their short name, as BeanShell imports them; the first use resolves them, an assignment
  // replaces them.
  for (const name of host.imports) {
    const short = name.slice(name.lastIndexOf(".") + 1);
    const fix = (value) => Object.defineProperty(global, short, { value, writable: true, configurable: true });
    Object.defineProperty(global, short, {
      get() { const value = typeOf(name); fix(value); return value; }, set: fix, configurable: true,
    });
  }

  // ---- host objects --------------------------------------------------------------------------------------------
  const legacyNames = { AplicacioService: "ApplicationService", UsuariService: "UserService", GrupService: "GroupService" };

  function serviceOf(name) {
    const methods = Object.create(null);
    return new Proxy(Object.create(null), {
      get(_, key) {
        if (typeof key === "symbol" || key === "toJSON" || key === "then" || key === "toWire") return undefined;
        if (key === "toString") return () => name;
        if (!(key in methods)) methods[key] = (...args) => call(name, key, args);
        return methods[key];
      },
    });
  }

  function locatorOf(prefix) {
    const services = Object.create(null);
    const named = (short) => {
      const name = prefix + (owns(legacyNames, short) ? legacyNames[short] : short);
      if (!(name in services)) services[name] = serviceOf(name);
      return services[name];
    };
    return new Proxy(Object.create(null), {
      get(_, key) {
        if (typeof key === "symbol" || key === "toJSON" || key === "then" || key === "toWire") return undefined;
        if (key === "toString") return () => prefix + "serviceLocator";
        if (key === "getService") return (name) => named(String(name).split(".").pop());
        const property = beanProperty(key);
        if (property !== null && key[0] === "g") return () => named(key.slice(3));
        return named(key[0].toUpperCase() + key.slice(1));
      },
    });
  }

  const serviceLocator = locatorOf("");
  const text = (args) => args.map((arg) => String(arg)).join("");
  const out = {
    print(...args) { write(text(args)); },
    println(...args) { write(text(args) + "\n"); },
    flush() {},
  };
  const log = {};
  for (const level of ["trace", "debug", "info", "warn", "error"]) {
    log[level] = (...args) => write(level.toUpperCase() + " " + args.map((arg) => String(arg)).join(" ") + "\n");
  }
  const principal = { name: host.principal, getName() { return this.name; }, toString() { return this.name; } };

  hide(global, {
    out, log, serviceLocator, principal,
    remoteServiceLocator: locatorOf("remote/"),
    serverService: serviceOf("serverService"),
    dispatcherService: serviceOf("dispatcherService"),
    print(...args) { out.println(...args); },
    sleep(milliseconds) { sleep(milliseconds); },
    resource(name) { return resource(String(name)); },
    load(name) { return load(String(name)); },
    setTimeout(action, milliseconds, ...args) {
      if (typeof action !== "function") throw new TypeError("setTimeout wants a function");
      return later(() => action(...args), milliseconds);
    },
    clearTimeout(id) { cancel(id); },
  });

  const kit = { hide, same, compare, unbox, newMap, isMap, find, out, serviceLocator, host, Dates, Bytes };
  return { mapPrototype, fieldPrototype, date: Dates, bytes: Bytes, failure, classMark, kindMark };
})
