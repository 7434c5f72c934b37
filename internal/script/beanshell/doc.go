// Package beanshell turns the BeanShell of older scripts into JavaScript (guide page 089), token by token: it keeps
// every line where it was and says what it cannot translate. It knows the idioms the guide uses (typed declarations,
// for (a : list), a{"key"}, new String[] {…}, imports, casts, == void, typed methods and catches), not the language.
//
// What differs silently: integer division yields a fraction, variables declared in a block are visible in the whole
// function, and replaceAll takes a plain text.
package beanshell
