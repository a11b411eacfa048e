package org.resnet4j.data;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.image.DataFormatException;

/**
 * Reads rows of cells as RFC 4180 defines them, in UTF-8 with or without a byte-order mark. Cells
 * may be quoted, blank lines are skipped, and spaces around cells that are not quoted are dropped.
 */
final class SeparatedRows implements Closeable {
  private static final int MOST_CELLS = 1000;
  private static final int MOST_CHARACTERS = 1 << 15;
  private static final int END = -1;

  private final String where;
  private final BufferedReader in;
  private final char separator;
  private int line = 1;
  private int next;

  /**
   * A row.
   *
   * @param line on which it starts, counted from 1
   */
  record Row(int line, List<String> cells) {}

  private SeparatedRows(String where, BufferedReader in, char separator) throws IOException {
    this.where = where;
    this.in = in;
    this.separator = separator;
    next = read();
    if (next == '\uFEFF') {
      next = read();
    }
  }

  /**
   * Returns the rows of a stream, which is closed with them.
   *
   * @param where name of the stream in messages
   * @param separator between cells
   */
  static SeparatedRows of(String where, InputStream in, char separator) throws IOException {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    return new SeparatedRows(where, reader, separator);
  }

  /**
   * Returns the separator: a tab in a TSV file, else the one that the first line has. The stream is
   * left at its start; it must support marks.
   */
  static char separator(String name, InputStream in) throws IOException {
    if (name.toLowerCase(Locale.ROOT).endsWith(".tsv")) {
      return '\t';
    }
    int most = 1 << 13;
    in.mark(most);
    byte[] start = in.readNBytes(most);
    in.reset();
    boolean quoted = false;
    char separator = ',';
    for (byte next : start) {
      quoted ^= next == '"';
      if (next == '\n' || (next == ',' && !quoted)) {
        return next == ',' ? ',' : separator;
      }
      if ((next == ';' || next == '\t') && !quoted) {
        separator = (char) next;
      }
    }
    return separator;
  }

  /** Returns the next row, or null after the last. */
  @Nullable Row next() throws IOException {
    while (next != END) {
      Row row = row();
      if (row.cells.size() > 1 || !row.cells.get(0).isEmpty()) {
        return row;
      }
    }
    return null;
  }

  /** Reads one line, which may be blank, or more of them within quotes. */
  private Row row() throws IOException {
    int first = line;
    List<String> cells = new ArrayList<>();
    cells.add(cell());
    while (next == separator) {
      if (cells.size() == MOST_CELLS) {
        throw refused(
            "expected at most "
                + MOST_CELLS
                + " columns but there are more; write several labels in one cell, with bars between");
      }
      next = read();
      cells.add(cell());
    }
    endLine();
    return new Row(first, cells);
  }

  private String cell() throws IOException {
    while (next == ' ' && separator != ' ') {
      next = read();
    }
    if (next == '"') {
      String quoted = quoted();
      while (next == ' ') {
        next = read();
      }
      if (next != separator && next != '\n' && next != '\r' && next != END) {
        throw refused("expected the end of a cell after its closing quote but there is more text");
      }
      return quoted;
    }
    StringBuilder text = new StringBuilder();
    while (next != separator && next != '\n' && next != '\r' && next != END) {
      if (next == '"') {
        throw refused("expected a quote only around a whole cell; double it and quote the cell");
      }
      add(text);
    }
    return text.toString().strip();
  }

  private String quoted() throws IOException {
    int opened = line;
    StringBuilder text = new StringBuilder();
    next = read();
    while (true) {
      if (next == END) {
        throw new DataFormatException(
            "%s: line %s: expected a closing quote but the file ends; add it"
                .formatted(where, opened));
      }
      if (next == '"') {
        next = read();
        if (next != '"') {
          return text.toString();
        }
      }
      line += next == '\n' ? 1 : 0;
      add(text);
    }
  }

  private void add(StringBuilder text) throws IOException {
    if (text.length() == MOST_CHARACTERS) {
      throw refused("expected cells of at most " + MOST_CHARACTERS + " characters");
    }
    text.append((char) next);
    next = read();
  }

  /** Passes the end of a line: LF, CRLF or CR. */
  private void endLine() throws IOException {
    if (next == '\r') {
      next = read();
      if (next != '\n') {
        line++;
        return;
      }
    }
    if (next == '\n') {
      line++;
      next = read();
    }
  }

  private int read() throws IOException {
    try {
      return in.read();
    } catch (CharacterCodingException e) {
      throw refused("expected text in UTF-8 but it has other bytes; save it as UTF-8");
    }
  }

  /** Returns the exception for a finding on the present line. */
  private DataFormatException refused(String finding) {
    return new DataFormatException("%s: line %s: %s".formatted(where, line, finding));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
