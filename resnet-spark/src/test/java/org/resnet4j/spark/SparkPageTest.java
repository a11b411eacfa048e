package org.resnet4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.resnet4j.zoo.Models;

/**
 * The Java in docs/spark.md compiles: this class contains the same code, apart from white space.
 */
class SparkPageTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMPILED = Pattern.compile("// begin\n(.*?)// end", Pattern.DOTALL);

  @SuppressWarnings("unused") // the weights are not here
  private static void scoring(SparkSession spark, Dataset<Row> labelled) throws IOException {
    // begin
    Dataset<Row> photos = spark.read().format("binaryFile").load("hdfs:///photos");
    ResNetClassificationModel classify =
        ResNetClassificationModel.of(Models.pretrained("resnet50.tv_in1k_v2"))
            .setHandleInvalid("keep");
    classify
        .transform(photos)
        .select("path", "predictedLabel", "prediction", "probability", "error")
        .write()
        .parquet("hdfs:///classified");
    classify.save("hdfs:///models/resnet50");
    // end
    // begin
    ResNetFunctions.register(spark, "classify", Models.open(Path.of("runs/photos")));
    spark.sql("SELECT path, classify(content).label FROM photos");
    // end
    // begin
    ImageFeatures features = ImageFeatures.of(Models.pretrained("resnet18.tv_in1k"));
    PipelineModel fitted =
        new Pipeline()
            .setStages(new PipelineStage[] {features, new LogisticRegression()})
            .fit(labelled); // with a column "label"
    // end
  }

  @Test
  void javaInThePageEqualsTheCompiledJavaHere() throws IOException {
    Path source = Path.of("../resnet-spark/src/test/java/org/resnet4j/spark/SparkPageTest.java");
    assertThat(found(BLOCK, Path.of("../docs/spark.md")))
        .hasSize(3)
        .isSubsetOf(found(COMPILED, source));
  }

  private static List<String> found(Pattern pattern, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map(result -> result.group(1).replaceAll("\\s+", ""))
        .toList();
  }
}
