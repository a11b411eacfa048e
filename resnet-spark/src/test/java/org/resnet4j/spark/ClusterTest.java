package org.resnet4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/** Executors with Spark's class path alone load our jars, and may be killed. */
class ClusterTest {
  private static final int IMAGES = 40;

  @TempDir static Path folder;

  private static StandaloneCluster cluster;
  private static SparkSession spark;
  private static Dataset<Row> files;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    cluster = new StandaloneCluster(folder.resolve("spark"), 2);
    SparkSession.Builder builder =
        SparkSession.builder()
            .master(cluster.master())
            .config("spark.jars", cluster.jars())
            .config("spark.executor.memory", "900m")
            .config("spark.executorEnv.OMP_NUM_THREADS", "1")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toUri().toString());
    StandaloneCluster.security().forEach(builder::config);
    spark = builder.getOrCreate();
    Path photos = Photos.write(folder.resolve("photos"), IMAGES);
    files =
        spark.read().format("binaryFile").load(photos.toUri().toString()).repartition(8).cache();
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
    cluster.close();
  }

  @Test
  void executorsWithSparksClassPathClassifyAndMayBeKilled() throws Exception {
    Model model = Models.create("resnet20_cifar");
    ResNetClassificationModel classify = ResNetClassificationModel.of(model);
    Map<String, String> expected;
    try (Classifier classifier = model.classifier()) {
      expected =
          files.select("path", "content").collectAsList().stream()
              .collect(Collectors.toMap(row -> row.getString(0), row -> top(classifier, row)));
    }
    assertThat(classified(classify)).isEqualTo(expected).hasSize(IMAGES);

    for (int delay : new int[] {50, 400, 1200}) {
      List<ProcessHandle> executors = executors();
      CompletableFuture<Void> kill =
          CompletableFuture.runAsync(
              executors.get(delay % executors.size())::destroyForcibly,
              CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS));
      assertThat(classified(classify)).isEqualTo(expected);
      kill.get();
    }
  }

  private static String top(Classifier classifier, Row row) {
    try {
      return classifier.top((byte[]) row.get(1), 1).get(0).label();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> classified(ResNetClassificationModel classify) {
    return classify.transform(files).select("path", "predictedLabel").collectAsList().stream()
        .collect(Collectors.toMap(row -> row.getString(0), row -> row.getString(1)));
  }

  /** Returns the executors, once there is one. */
  private static List<ProcessHandle> executors() throws InterruptedException {
    List<ProcessHandle> running = cluster.executors();
    for (int i = 0; running.isEmpty() && i < 600; i++) {
      Thread.sleep(100);
      running = cluster.executors();
    }
    assertThat(running).isNotEmpty();
    return running;
  }
}
