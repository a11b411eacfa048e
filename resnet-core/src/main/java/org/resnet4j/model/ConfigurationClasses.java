package org.resnet4j.model;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The classes that a configuration may name. These are all concrete ones of Deeplearning4j
 * 1.0.0-M2.1 that a {@code ComputationGraphConfiguration} can hold, and this project's own. {@code
 * TFOpLayer} is excluded, because it runs a TensorFlow graph of the file's.
 */
final class ConfigurationClasses {
  private static final String DEEPLEARNING4J =
      """
      conf.constraint: MaxNormConstraint MinMaxNormConstraint NonNegativeConstraint UnitNormConstraint
      conf.distribution: BinomialDistribution ConstantDistribution GaussianDistribution
        LogNormalDistribution NormalDistribution OrthogonalDistribution TruncatedNormalDistribution
        UniformDistribution
      conf.dropout: AlphaDropout Dropout GaussianDropout GaussianNoise SpatialDropout
      conf.graph: AttentionVertex ElementWiseVertex FrozenVertex L2NormalizeVertex L2Vertex LayerVertex
        MergeVertex PoolHelperVertex PreprocessorVertex ReshapeVertex ScaleVertex ShiftVertex StackVertex
        SubsetVertex UnstackVertex
      conf.graph.rnn: DuplicateToTimeSeriesVertex LastTimeStepVertex ReverseTimeSeriesVertex
      conf.inputs: InputType$InputTypeConvolutional InputType$InputTypeConvolutional3D
        InputType$InputTypeConvolutionalFlat InputType$InputTypeFeedForward InputType$InputTypeRecurrent
      conf.layers: ActivationLayer AutoEncoder BatchNormalization CapsuleLayer CapsuleStrengthLayer
        CenterLossOutputLayer Cnn3DLossLayer CnnLossLayer Convolution1D Convolution1DLayer Convolution2D
        Convolution3D ConvolutionLayer Deconvolution2D Deconvolution3D DenseLayer DepthwiseConvolution2D
        DropoutLayer EmbeddingLayer EmbeddingSequenceLayer GlobalPoolingLayer GravesBidirectionalLSTM
        GravesLSTM LSTM LearnedSelfAttentionLayer LocalResponseNormalization LocallyConnected1D
        LocallyConnected2D LossLayer OutputLayer PReLULayer Pooling1D Pooling2D PrimaryCapsules
        RecurrentAttentionLayer RnnLossLayer RnnOutputLayer SelfAttentionLayer SeparableConvolution2D
        SpaceToBatchLayer SpaceToDepthLayer Subsampling1DLayer Subsampling3DLayer SubsamplingLayer
        Upsampling1D Upsampling2D Upsampling3D ZeroPadding1DLayer ZeroPadding3DLayer ZeroPaddingLayer
      conf.layers.convolutional: Cropping1D Cropping2D Cropping3D
      conf.layers.misc: ElementWiseMultiplicationLayer FrozenLayer FrozenLayerWithBackprop RepeatVector
      conf.layers.objdetect: Yolo2OutputLayer
      conf.layers.recurrent: Bidirectional LastTimeStep SimpleRnn TimeDistributed
      conf.layers.util: MaskLayer MaskZeroLayer
      conf.layers.variational: BernoulliReconstructionDistribution CompositeReconstructionDistribution
        ExponentialReconstructionDistribution GaussianReconstructionDistribution LossFunctionWrapper
        VariationalAutoencoder
      conf.ocnn: OCNNOutputLayer
      conf.preprocessor: Cnn3DToFeedForwardPreProcessor CnnToFeedForwardPreProcessor CnnToRnnPreProcessor
        ComposableInputPreProcessor FeedForwardToCnn3DPreProcessor FeedForwardToCnnPreProcessor
        FeedForwardToRnnPreProcessor RnnToCnnPreProcessor RnnToFeedForwardPreProcessor
      conf.stepfunctions: DefaultStepFunction GradientStepFunction NegativeDefaultStepFunction
        NegativeGradientStepFunction StepFunction
      conf.weightnoise: DropConnect WeightNoise
      layers.ocnn: OCNNOutputLayer$OCNNLossFunction
      layers.util: IdentityLayer
      modelimport.keras.preprocessors: TensorFlowCnnToFeedForwardPreProcessor
      weights: WeightInitConstant WeightInitDistribution WeightInitIdentity WeightInitLecunUniform
        WeightInitNormal WeightInitRelu WeightInitReluUniform WeightInitSigmoidUniform WeightInitUniform
        WeightInitVarScalingNormalFanAvg WeightInitVarScalingNormalFanIn WeightInitVarScalingNormalFanOut
        WeightInitVarScalingUniformFanAvg WeightInitVarScalingUniformFanIn
        WeightInitVarScalingUniformFanOut WeightInitXavier WeightInitXavierLegacy WeightInitXavierUniform
      weights.embeddings: WeightInitEmbedding
      """;

  private static final String PREPROCESSORS =
      "preprocessors: KerasFlattenRnnPreprocessor PermutePreprocessor ReshapePreprocessor";

  private static final String ND4J =
      """
      activations.impl: ActivationCube ActivationELU ActivationGELU ActivationHardSigmoid
        ActivationHardTanH ActivationIdentity ActivationLReLU ActivationMish ActivationPReLU
        ActivationRReLU ActivationRationalTanh ActivationReLU ActivationReLU6 ActivationRectifiedTanh
        ActivationSELU ActivationSigmoid ActivationSoftPlus ActivationSoftSign ActivationSoftmax
        ActivationSwish ActivationTanH ActivationThresholdedReLU
      learning.config: AMSGrad AdaBelief AdaDelta AdaGrad AdaMax Adam Nadam Nesterovs NoOp RmsProp Sgd
      learning.regularization: L1Regularization L2Regularization WeightDecay
      lossfunctions.impl: LossBinaryXENT LossCosineProximity LossFMeasure LossHinge LossKLD LossL1 LossL2
        LossMAE LossMAPE LossMCXENT LossMSE LossMSLE LossMixtureDensity LossMultiLabel
        LossNegativeLogLikelihood LossPoisson LossSparseMCXENT LossSquaredHinge LossWasserstein
      schedule: CycleSchedule ExponentialSchedule FixedSchedule InverseSchedule MapSchedule PolySchedule
        RampSchedule SigmoidSchedule StepSchedule
      """;

  private static final String OURS =
      """
      graph: ActivationExactGelu ActivationHardSwish BlurPoolVertex ClassifierLayer DecayedBatchNormalization DropBlock
        FrozenBatchNormalization GroupNormLayer GroupedConvolutionLayer KaimingNormal PadChannelsVertex
        ScaleChannelsVertex StochasticDepth UniformFanIn XavierUniform
      train: AdamW BinaryCrossEntropy Distillation HeavyBall LambScaling LarsScaling Orthogonalization ScaledRate Schedule$Cosine
        Schedule$Exponential Schedule$Geometric Schedule$MultiStep Schedule$OneCycle Schedule$Polynomial Schedule$Step
        Schedule$Warmup SgdMomentum
      """;

  private static final Set<String> NAMES = new HashSet<>();

  static {
    add("org.deeplearning4j.nn.", DEEPLEARNING4J);
    add("org.deeplearning4j.", PREPROCESSORS);
    add("org.nd4j.linalg.", ND4J);
    add("org.resnet4j.", OURS);
  }

  private ConfigurationClasses() {}

  /** Adds a table of paragraphs {@code package: Name Name …}. */
  private static void add(String root, String table) {
    String prefix = "";
    for (String word : Arrays.asList(table.trim().split("\\s+"))) {
      if (word.endsWith(":")) {
        prefix = root + word.substring(0, word.length() - 1) + ".";
      } else {
        NAMES.add(prefix + word);
      }
    }
  }

  /** Returns whether a file may name this class. */
  static boolean contains(String name) {
    return NAMES.contains(name);
  }

  static Set<String> names() {
    return Set.copyOf(NAMES);
  }
}
