package org.resnet4j.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.ForeignText;

/**
 * A writer that prints {@link ForeignText} safely. An argument of {@code println}, and every
 * formatted value, is printed within one line; {@code print} and formats may break lines. Numbers
 * have the same digits in every locale.
 */
final class Lines extends PrintWriter {
  private final PrintWriter raw;

  private Lines(PrintWriter raw) {
    super(raw, true);
    this.raw = raw;
  }

  static Lines on(PrintWriter raw) {
    return raw instanceof Lines lines ? lines : new Lines(raw);
  }

  /** Returns a writer for this program's own text with terminal controls: help in colours. */
  static PrintWriter raw(PrintWriter out) {
    return out instanceof Lines lines ? lines.raw : out;
  }

  @Override
  public void write(int c) {
    write(String.valueOf((char) c));
  }

  @Override
  public void write(char[] text, int offset, int length) {
    write(new String(text, offset, length));
  }

  @Override
  public void write(String text, int offset, int length) {
    String printable = ForeignText.printableLines(text.substring(offset, offset + length));
    super.write(printable, 0, printable.length());
  }

  @Override
  public void println(@Nullable String line) {
    print(ForeignText.printable(String.valueOf(line)));
    println();
  }

  @Override
  public void println(@Nullable Object line) {
    println(String.valueOf(line));
  }

  @Override
  public PrintWriter format(String format, @Nullable Object... values) {
    return format(Locale.ROOT, format, values);
  }

  @Override
  public PrintWriter format(@Nullable Locale locale, String format, @Nullable Object... values) {
    Object[] printable =
        Arrays.stream(values)
            .map(
                value ->
                    value == null || value instanceof Number
                        ? value
                        : ForeignText.printable(value.toString()))
            .toArray();
    print(String.format(locale, format, printable));
    flush();
    return this;
  }
}
