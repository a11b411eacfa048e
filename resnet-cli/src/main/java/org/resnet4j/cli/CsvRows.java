package org.resnet4j.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes features as CSV in UTF-8, quoted as in RFC 4180: a header {@code file,f0,f1,…}, then one
 * line for each image. Numbers have as many digits as distinguish them from other floats.
 */
final class CsvRows implements FeatureRows {
  private final BufferedWriter out;
  private long width;
  private long rows;

  CsvRows(Path file) throws IOException {
    out =
        new BufferedWriter(
            new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8));
  }

  @Override
  public void add(List<Path> files, INDArray batch) throws IOException {
    if (batch.rank() != 2) {
      throw new IOException(
          "expected features [N, features] for a .csv but was %s; choose a .npy, or --at pool"
              .formatted(Arrays.toString(batch.shape())));
    }
    if (rows == 0) {
      width = batch.size(1);
      out.write("file");
      for (long i = 0; i < width; i++) {
        out.write(",f" + i);
      }
      out.write('\n');
    }
    float[] values = batch.dup('c').data().asFloat();
    for (int i = 0; i < files.size(); i++) {
      out.write(quoted(files.get(i).toString()));
      for (int j = 0; j < width; j++) {
        out.write(',');
        out.write(Float.toString(values[(int) (i * width + j)]));
      }
      out.write('\n');
    }
    rows += files.size();
  }

  /** Returns {@code text}, in quotes if it has a comma, a quote, a line break or an outer blank. */
  static String quoted(String text) {
    boolean plain =
        text.equals(text.strip()) && text.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }

  @Override
  public List<Long> finish() throws IOException {
    out.flush();
    return List.of(rows, width);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
