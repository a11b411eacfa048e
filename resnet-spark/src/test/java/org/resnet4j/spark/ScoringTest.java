package org.resnet4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.FeatureExtractor;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Prediction;

/** Executors compute what {@link Classifier} and {@link FeatureExtractor} do of the same files. */
class ScoringTest {
  private static final int IMAGES = 13;

  /** Batches differ, and with them the order of sums in float. */
  private static final double TOLERANCE = 1e-5;

  @TempDir static Path folder;

  private static SparkSession spark;
  private static Model model;
  private static Path photos;

  @BeforeAll
  static void start() throws IOException {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toUri().toString())
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    model = Models.create("resnet20_cifar");
    photos = Photos.write(folder.resolve("photos"), IMAGES);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Dataset<Row> files(Path of) {
    return spark.read().format("binaryFile").load(of.toUri().toString()).repartition(3);
  }

  private static Path file(Row row) {
    String path = row.getAs("path");
    return photos.resolve(path.substring(path.lastIndexOf('/') + 1));
  }

  @Test
  void probabilitiesAreThoseOfTheClassifier() throws IOException {
    List<Row> rows =
        ResNetClassificationModel.of(model)
            .setBatchSize(4)
            .transform(files(photos))
            .collectAsList();

    assertThat(rows).hasSize(IMAGES);
    try (Classifier classifier = model.classifier()) {
      for (Row row : rows) {
        List<Prediction> expected = classifier.top(file(row), 10);
        Vector probabilities = row.getAs("probability");
        for (Prediction prediction : expected) {
          assertThat(probabilities.apply(prediction.index()))
              .isCloseTo(prediction.probability(), within(TOLERANCE));
        }
        assertThat(row.<Double>getAs("prediction")).isEqualTo(expected.get(0).index());
        assertThat(row.<String>getAs("predictedLabel")).isEqualTo(expected.get(0).label());
      }
    }
  }

  @Test
  void classesWithoutNamesHaveThoseOfTheClassifier() throws IOException {
    Model unnamed = model.with(ClassNames.of(List.of()));
    Row row = ResNetClassificationModel.of(unnamed).transform(files(photos)).first();

    try (Classifier classifier = unnamed.classifier()) {
      assertThat(row.<String>getAs("predictedLabel"))
          .isEqualTo(classifier.top(file(row), 1).get(0).label())
          .startsWith("class ");
    }
  }

  @Test
  void structsOfSparksImagesAreTheSamePixels() throws IOException {
    ResNetClassificationModel classify = ResNetClassificationModel.of(model);
    Dataset<Row> images =
        spark
            .read()
            .format("image")
            .load(photos.toUri().toString())
            .withColumn("path", functions.col("image.origin"));

    assertThat(byPath(classify.setImageCol("image").transform(images)))
        .usingRecursiveComparison()
        .isEqualTo(
            byPath(
                classify.copy(ParamMap.empty()).setImageCol("content").transform(files(photos))));
  }

  private static List<String> byPath(Dataset<Row> scored) {
    return scored.select("path", "prediction", "probability").collectAsList().stream()
        .sorted(Comparator.comparing(row -> file(row).toString()))
        .map(
            row -> {
              Vector vector = row.getAs("probability");
              return "%s %s %s".formatted(file(row), row.get(1), Math.round(vector.apply(0) * 1e4));
            })
        .toList();
  }

  @Test
  void featuresAreThoseOfTheExtractor() throws IOException {
    List<Row> rows = ImageFeatures.of(model).transform(files(photos)).collectAsList();

    try (FeatureExtractor features = model.features("pool")) {
      for (Row row : rows) {
        float[] expected = features.of(file(row)).data().asFloat();
        Vector vector = row.getAs("features");
        assertThat(vector.size()).isEqualTo(64);
        for (int i = 0; i < expected.length; i++) {
          assertThat(vector.apply(i)).isCloseTo(expected[i], within(TOLERANCE));
        }
      }
    }
  }

  @Test
  void unreadableImagesFailAreSkippedOrKept() throws IOException {
    Path mixed = Files.createDirectory(folder.resolve("mixed"));
    for (int i = 0; i < 5; i++) {
      String name = "p" + (10 + i) + ".png";
      Files.copy(photos.resolve(name), mixed.resolve(name));
    }
    Files.writeString(mixed.resolve("notes.png"), "no image");
    ResNetClassificationModel classify = ResNetClassificationModel.of(model);

    assertThatThrownBy(() -> classify.transform(files(mixed)).collectAsList())
        .hasStackTraceContaining("notes.png");

    ResNetClassificationModel skip = classify.setHandleInvalid("skip");
    assertThat(skip.transform(files(mixed)).collectAsList()).hasSize(5);
    assertThat(skip.skipped()).isEqualTo(1);

    List<Row> kept = classify.setHandleInvalid("keep").transform(files(mixed)).collectAsList();
    assertThat(kept).hasSize(6);
    for (Row row : kept) {
      boolean readable = !row.<String>getAs("path").endsWith("notes.png");
      assertThat(row.isNullAt(row.fieldIndex("prediction"))).isEqualTo(!readable);
      assertThat(row.isNullAt(row.fieldIndex("probability"))).isEqualTo(!readable);
      String error = row.getAs("error");
      if (readable) {
        assertThat(error).isNull();
      } else {
        assertThat(error).contains("notes.png: expected");
      }
    }
  }

  @Test
  void tasksOfAnExecutorShareOneNetwork() throws IOException {
    ResNetClassificationModel classify =
        ResNetClassificationModel.of(Models.create(model.requireArchitecture(), 77));
    int before = ExecutorNetworks.OF_THIS_JVM.compiled();

    assertThat(classify.transform(files(photos)).count()).isEqualTo(IMAGES);
    assertThat(classify.transform(files(photos)).limit(1).collectAsList()).hasSize(1);
    assertThat(ExecutorNetworks.OF_THIS_JVM.compiled()).isEqualTo(before + 1);
  }

  @Test
  void pipelinesWithFeaturesAreFittedSavedAndLoaded() throws IOException {
    Dataset<Row> labelled =
        files(photos).withColumn("label", functions.expr("cast(length % 2 as double)"));
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  ImageFeatures.of(model).setBatchSize(5).setOutputCol("features"),
                  new LogisticRegression().setMaxIter(3)
                });
    PipelineModel fitted = pipeline.fit(labelled);
    String path = folder.resolve("pipeline").toUri().toString();
    fitted.write().overwrite().save(path);

    PipelineModel loaded = PipelineModel.load(path);
    ImageFeatures features = (ImageFeatures) loaded.stages()[0];
    assertThat(features.getOrDefault(features.batchSize())).isEqualTo(5);
    assertThat(features.uid()).isEqualTo(((ImageFeatures) fitted.stages()[0]).uid());
    assertThat(predictions(loaded, labelled)).isEqualTo(predictions(fitted, labelled));
  }

  private static List<String> predictions(PipelineModel fitted, Dataset<Row> rows) {
    return fitted.transform(rows).select("path", "prediction").collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  @Test
  void savedTransformersOfOtherClassesAndDamagedOnesAreRefused() throws IOException {
    String path = folder.resolve("saved").toUri().toString();
    ImageFeatures.of(model).save(path);

    assertThat(ImageFeatures.load(path).getOrDefault(ImageFeatures.load(path).place()))
        .isEqualTo("pool");
    assertThatThrownBy(() -> ResNetClassificationModel.load(path))
        .hasMessageContaining(
            "expected a org.resnet4j.spark.ResNetClassificationModel but its metadata names org.resnet4j.spark.ImageFeatures");
    Files.delete(folder.resolve("saved/model.zip"));
    assertThatThrownBy(() -> ImageFeatures.load(path))
        .hasStackTraceContaining("model.zip: expected a file of a saved transformer");
  }

  @Test
  void sqlClassifiesFiles() throws IOException {
    ResNetFunctions.register(spark, "classify", model);
    files(photos).createOrReplaceTempView("photos");

    List<Row> rows =
        spark
            .sql("SELECT path, classify(content) AS c, classify(unhex('00')) AS bad FROM photos")
            .collectAsList();
    try (Classifier classifier = model.classifier()) {
      for (Row row : rows) {
        Prediction expected = classifier.top(file(row), 1).get(0);
        Row classified = row.getAs("c");
        assertThat(classified.<Integer>getAs("prediction")).isEqualTo(expected.index());
        assertThat(classified.<Double>getAs("probability"))
            .isCloseTo(expected.probability(), within(TOLERANCE));
        assertThat(row.<Row>getAs("bad")).isNull();
      }
    }
  }

  @Test
  void wrongParametersAreNamed() throws IOException {
    ResNetClassificationModel classify = ResNetClassificationModel.of(model);
    Dataset<Row> data = files(photos);

    assertThatThrownBy(() -> classify.copy(ParamMap.empty()).setImageCol("photo").transform(data))
        .hasMessage(
            "imageCol: expected one of the columns path, modificationTime, length, content but was \"photo\"");
    assertThatThrownBy(() -> classify.copy(ParamMap.empty()).setImageCol("length").transform(data))
        .hasMessage(
            "imageCol \"length\": expected bytes of image files, as of the source binaryFile, or structs of the source image, but its type is bigint");
    assertThatThrownBy(
            () -> classify.copy(ParamMap.empty()).setPredictionCol("Path").transform(data))
        .hasMessage("Path: expected a new column but the data has one of this name; set another");
    assertThatThrownBy(() -> classify.setHandleInvalid("ignore"))
        .hasMessage("handleInvalid: expected error, skip, keep but was \"ignore\"");
    assertThatThrownBy(() -> classify.setBatchSize(0))
        .hasMessage("batchSize: expected at least 1 but was 0");
    assertThatThrownBy(() -> classify.setPrecision("fp8")).hasMessageContaining("FP32");
    assertThatThrownBy(() -> new ParamMap().put(classify.batchSize(), 0))
        .hasMessageContaining("batchSize");
    ParamMap other = new ParamMap().put(classify.precision(), "fp8");
    assertThatThrownBy(() -> classify.copy(other).transform(data)).hasMessageContaining("FP32");
  }
}
