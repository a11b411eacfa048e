/** Files from elsewhere: downloads that are continued, and that count only when verified. */
@NullMarked
package org.resnet4j.fetch;

import org.jspecify.annotations.NullMarked;
