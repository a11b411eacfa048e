package org.resnet4j.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a literal of Python made of dictionaries, lists, tuples, strings and integers: a tree of
 * {@code Map<Object, Object>}, {@code List<Object>}, {@code String} and {@code Long}. Nothing is
 * evaluated.
 */
final class PythonLiteral {
  private static final int MOST_NESTED = 8;

  private final String text;
  private int at;

  private PythonLiteral(String text) {
    this.text = text;
  }

  /**
   * Returns the value of the whole {@code text}.
   *
   * @throws SyntaxException that says where and what was expected
   */
  static Object parse(String text) throws SyntaxException {
    PythonLiteral literal = new PythonLiteral(text);
    Object value = literal.value(0);
    literal.skipBlanks();
    if (literal.at < text.length()) {
      throw literal.expected("the end of the file");
    }
    return value;
  }

  private Object value(int depth) throws SyntaxException {
    skipBlanks();
    if (depth > MOST_NESTED) {
      throw expected("at most " + MOST_NESTED + " nested values");
    }
    char c = peek();
    if (c == '{') {
      return dictionary(depth);
    }
    if (c == '[' || c == '(') {
      return list(depth);
    }
    if (c == '"' || c == '\'') {
      return string();
    }
    if (c == '-' || Character.isDigit(c)) {
      return integer();
    }
    throw expected("a name in quotes, a whole number, a list or a dictionary");
  }

  private Map<Object, Object> dictionary(int depth) throws SyntaxException {
    Map<Object, Object> map = new LinkedHashMap<>();
    at++;
    while (!ends('}')) {
      int start = at;
      Object key = value(depth + 1);
      require(':');
      if (!(key instanceof String || key instanceof Long)
          || map.put(key, value(depth + 1)) != null) {
        at = start;
        throw expected("a key that is a name or a number and is there once");
      }
      separate('}');
    }
    return map;
  }

  private List<Object> list(int depth) throws SyntaxException {
    char close = text.charAt(at) == '[' ? ']' : ')';
    List<Object> list = new ArrayList<>();
    at++;
    while (!ends(close)) {
      list.add(value(depth + 1));
      separate(close);
    }
    return list;
  }

  /** Consumes a comma, or stops before {@code close}. */
  private void separate(char close) throws SyntaxException {
    skipBlanks();
    if (peek() == ',') {
      at++;
    } else if (peek() != close) {
      throw expected("a comma or '" + close + "'");
    }
  }

  private boolean ends(char close) {
    skipBlanks();
    if (peek() != close) {
      return false;
    }
    at++;
    return true;
  }

  private void require(char wanted) throws SyntaxException {
    skipBlanks();
    if (peek() != wanted) {
      throw expected("'" + wanted + "'");
    }
    at++;
  }

  private Long integer() throws SyntaxException {
    int start = at;
    at += peek() == '-' ? 1 : 0;
    while (Character.isDigit(peek())) {
      at++;
    }
    String digits = text.substring(start, at);
    if (!digits.matches("-?[0-9]{1,18}") || peek() == '.') {
      at = start;
      throw expected("a whole number");
    }
    return Long.valueOf(digits);
  }

  private String string() throws SyntaxException {
    char quote = text.charAt(at);
    StringBuilder value = new StringBuilder();
    at++;
    while (peek() != quote) {
      char c = peek();
      if (c == '\n' || at >= text.length()) {
        throw expected("the quote " + quote + " that ends a name");
      }
      at++;
      if (c == '\\') {
        escape(value);
      } else {
        value.append(c);
      }
    }
    at++;
    return value.toString();
  }

  private void escape(StringBuilder value) throws SyntaxException {
    char c = peek();
    at++;
    switch (c) {
      case '\\', '\'', '"', '/' -> value.append(c);
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case 'x' -> value.appendCodePoint(hexadecimal(2));
      case 'u' -> value.append((char) hexadecimal(4));
      case 'U' -> value.appendCodePoint(hexadecimal(8));
      default -> {
        at--;
        throw expected("one of the escapes \\\\ \\' \\\" \\n \\t \\r \\x \\u \\U");
      }
    }
  }

  private int hexadecimal(int digits) throws SyntaxException {
    int end = Math.min(at + digits, text.length());
    String hex = text.substring(at, end);
    if (!hex.matches("[0-9a-fA-F]{" + digits + "}")
        || Long.parseLong(hex, 16) > Character.MAX_CODE_POINT) {
      throw expected(digits + " hexadecimal digits of a character");
    }
    at = end;
    return Integer.parseInt(hex, 16);
  }

  /** Skips white space and comments. */
  private void skipBlanks() {
    while (at < text.length()) {
      if (peek() == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (Character.isWhitespace(peek())) {
        at++;
      } else {
        return;
      }
    }
  }

  /** Returns the next character, or 0 at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private SyntaxException expected(String what) {
    long line = 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
    String actual = at >= text.length() ? "the file ends" : "there is '" + peek() + "'";
    return new SyntaxException("line " + line + ": expected " + what + " but " + actual);
  }

  /** The error for a text that is no such literal; the message names no file. */
  static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    SyntaxException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
