/**
 * Pretrained weights as models of Deeplearning4j's zoo, for programs with {@code
 * deeplearning4j-zoo} on their class path. No other package needs that artifact.
 */
@NullMarked
package org.resnet4j.zoo.dl4j;

import org.jspecify.annotations.NullMarked;
