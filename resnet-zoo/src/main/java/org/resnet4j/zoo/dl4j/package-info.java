/**
 * Weight sets as models of Deeplearning4j's zoo, for programs that have its artifact {@code
 * deeplearning4j-zoo} on their class path; nothing else here needs it.
 */
@NullMarked
package org.resnet4j.zoo.dl4j;

import org.jspecify.annotations.NullMarked;
