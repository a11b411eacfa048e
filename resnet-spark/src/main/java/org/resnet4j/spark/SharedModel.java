package org.resnet4j.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.resnet4j.support.Digest;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/**
 * A model on its way to the executors.
 *
 * @param key of its network there
 * @param zip the bytes of its file
 */
record SharedModel(String key, NetworkPart part, Broadcast<byte[]> zip) implements Serializable {

  /** Shares the model in the bytes of its zip with the executors of {@code spark}. */
  static SharedModel of(SparkSession spark, byte[] zip, NetworkPart part) {
    return new SharedModel(
        Digest.sha256().add(zip).hex() + part,
        part,
        JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(zip));
  }

  /** Returns its network on this executor. */
  ExecutorNetworks.Lease lease() {
    return ExecutorNetworks.OF_THIS_JVM.lease(key, () -> part.compile(open(zip.value())));
  }

  private static Model open(byte[] zip) {
    try {
      return withFile(
          file -> {
            Files.write(file, zip);
            return Models.open(file);
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Returns the bytes of the zip of {@code model}. */
  static byte[] zip(Model model) throws IOException {
    return withFile(
        file -> {
          model.save(file);
          return Files.readAllBytes(file);
        });
  }

  private interface Use<R> {
    R of(Path file) throws IOException;
  }

  private static <R> R withFile(Use<R> use) throws IOException {
    Path file = Files.createTempFile("resnet4j-model", ".zip");
    try {
      return use.of(file);
    } finally {
      Files.delete(file);
    }
  }
}
