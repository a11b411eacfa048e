package org.resnet4j.spark;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.Precision;
import org.resnet4j.zoo.Model;

/**
 * Classifies the images of a data frame: adds the index of the most probable class, its name, and
 * the probabilities of all classes. Images are decoded and resized as {@code ./resnet classify}
 * does.
 *
 * <pre>{@code
 * Dataset<Row> photos = spark.read().format("binaryFile").load("hdfs:///photos");
 * ResNetClassificationModel classify =
 *     ResNetClassificationModel.of(Models.pretrained("resnet50.tv_in1k_v2"))
 *         .setHandleInvalid("skip");
 * classify.transform(photos).select("path", "predictedLabel", "prediction").show();
 * }</pre>
 */
public final class ResNetClassificationModel extends ImageTransformer<ResNetClassificationModel> {
  private static final long serialVersionUID = 1;

  private final Param<String> predictionCol;
  private final Param<String> predictedLabelCol;
  private final Param<String> probabilityCol;
  private final Param<String> precision;

  ResNetClassificationModel(String uid, byte[] zip) {
    super(uid, zip);
    predictionCol = text("predictionCol", "column of the index of the most probable class");
    predictedLabelCol = text("predictedLabelCol", "column of the name of that class");
    probabilityCol = text("probabilityCol", "column of the probabilities of all classes");
    precision = text("precision", "FP32, BF16, INT8 of a quantized model, or AUTO");
    setDefault(predictionCol, "prediction");
    setDefault(predictedLabelCol, "predictedLabel");
    setDefault(probabilityCol, "probability");
    setDefault(precision, Precision.FP32.name());
  }

  /** Returns a transformer that classifies by {@code model}. */
  public static ResNetClassificationModel of(Model model) throws IOException {
    return new ResNetClassificationModel(Identifiable.randomUID("resnet"), SharedModel.zip(model));
  }

  /** Returns a reader of what {@link #save} wrote. */
  public static MLReader<ResNetClassificationModel> read() {
    return new TransformerFile.Reader<>(
        ResNetClassificationModel.class, ResNetClassificationModel::new);
  }

  /** Reads what {@link #save} wrote, from any file system that Hadoop knows. */
  public static ResNetClassificationModel load(String path) {
    return read().load(path);
  }

  /** Returns the parameter that names the column of the most probable class. */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** Returns the parameter that names the column of names of classes. */
  public Param<String> predictedLabelCol() {
    return predictedLabelCol;
  }

  /** Returns the parameter that names the column of probabilities. */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** Returns the parameter of the precision. */
  public Param<String> precision() {
    return precision;
  }

  /** Sets the column of the index of the most probable class, a {@code double} from 0. */
  public ResNetClassificationModel setPredictionCol(String column) {
    return with(predictionCol, column);
  }

  /** Sets the column of the name of the most probable class. */
  public ResNetClassificationModel setPredictedLabelCol(String column) {
    return with(predictedLabelCol, column);
  }

  /** Sets the column of the probabilities of all classes, a vector. */
  public ResNetClassificationModel setProbabilityCol(String column) {
    return with(probabilityCol, column);
  }

  /** Sets the precision: the name of a {@link Precision}. */
  public ResNetClassificationModel setPrecision(String name) {
    return with(precision, precision(name).name());
  }

  private static Precision precision(String name) {
    try {
      return Precision.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "precision: expected one of %s but was \"%s\""
              .formatted(Arrays.toString(Precision.values()), name),
          e);
    }
  }

  @Override
  NetworkPart part() {
    return new NetworkPart(null, precision(getOrDefault(precision)));
  }

  @Override
  List<StructField> added() {
    return List.of(
        DataTypes.createStructField(getOrDefault(predictionCol), DataTypes.DoubleType, true),
        DataTypes.createStructField(getOrDefault(predictedLabelCol), DataTypes.StringType, true),
        DataTypes.createStructField(getOrDefault(probabilityCol), SQLDataTypes.VectorType(), true));
  }

  @Override
  ScoredRows.Columns columns() {
    return ResNetClassificationModel::cells;
  }

  private static @Nullable Object[] cells(float[] probabilities, List<String> names) {
    int best = mostProbable(probabilities);
    return new @Nullable Object[] {
      (double) best, names.get(best), Vectors.dense(doubles(probabilities))
    };
  }

  /** Returns the index of the most probable class, the first of equal ones. */
  static int mostProbable(float[] probabilities) {
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      if (probabilities[i] > probabilities[best]) {
        best = i;
      }
    }
    return best;
  }

  static double[] doubles(float[] numbers) {
    double[] values = new double[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      values[i] = numbers[i];
    }
    return values;
  }

  @Override
  ResNetClassificationModel anew() {
    return new ResNetClassificationModel(uid(), zip());
  }
}
