package org.resnet4j.spark;

import java.io.IOException;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.Precision;
import org.resnet4j.zoo.FeatureExtractor;
import org.resnet4j.zoo.Model;

/**
 * Adds the features of images to a data frame, as vectors that the estimators of spark.ml take.
 *
 * <pre>{@code
 * ImageFeatures features = ImageFeatures.of(Models.pretrained("resnet18.tv_in1k"));
 * LogisticRegression regression = new LogisticRegression(); // reads "features" and "label"
 * PipelineModel model =
 *     new Pipeline().setStages(new PipelineStage[] {features, regression}).fit(photos);
 * }</pre>
 */
public final class ImageFeatures extends ImageTransformer<ImageFeatures> {
  private static final long serialVersionUID = 1;

  private final Param<String> outputCol;
  private final Param<String> place;

  ImageFeatures(String uid, byte[] zip) {
    super(uid, zip);
    outputCol = text("outputCol", "column of the features");
    place = text("place", "pool, C2 to C5 for the output of a stage, or a vertex of the graph");
    setDefault(outputCol, "features");
    setDefault(place, FeatureExtractor.POOL);
  }

  /** Returns a transformer that computes the pooled embeddings of {@code model}. */
  public static ImageFeatures of(Model model) throws IOException {
    return new ImageFeatures(Identifiable.randomUID("features"), SharedModel.zip(model));
  }

  /** Returns a reader of what {@link #save} wrote. */
  public static MLReader<ImageFeatures> read() {
    return new TransformerFile.Reader<>(ImageFeatures.class, ImageFeatures::new);
  }

  /** Reads what {@link #save} wrote, from any file system that Hadoop knows. */
  public static ImageFeatures load(String path) {
    return read().load(path);
  }

  /** Returns the parameter that names the column of the features. */
  public Param<String> outputCol() {
    return outputCol;
  }

  /** Returns the parameter that names the place in the network. */
  public Param<String> place() {
    return place;
  }

  /** Sets the column of the features, a vector. */
  public ImageFeatures setOutputCol(String column) {
    return with(outputCol, column);
  }

  /**
   * Sets the place in the network, as {@link FeatureExtractor} names it. A stage's features {@code
   * [C, H, W]} become a vector of C·H·W numbers.
   */
  public ImageFeatures setPlace(String name) {
    return with(place, name);
  }

  @Override
  NetworkPart part() {
    return new NetworkPart(getOrDefault(place), Precision.FP32);
  }

  @Override
  List<StructField> added() {
    return List.of(
        DataTypes.createStructField(getOrDefault(outputCol), SQLDataTypes.VectorType(), true));
  }

  @Override
  ScoredRows.Columns columns() {
    return ImageFeatures::cells;
  }

  private static @Nullable Object[] cells(float[] features, List<String> names) {
    return new @Nullable Object[] {Vectors.dense(ResNetClassificationModel.doubles(features))};
  }

  @Override
  ImageFeatures anew() {
    return new ImageFeatures(uid(), zip());
  }
}
